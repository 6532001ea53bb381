"""Fixtures that several test files share: the built site, a web server on this machine, a browser."""

import contextlib
import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site; `tests/run` builds it before the tests."""
    built = REPOSITORY / "_build" / "html"
    if not (built / "index.html").is_file():
        pytest.fail("the site is not built: run `make book` first, or `make test` for everything")
    return built


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the browser; `tests/find_browser` finds or installs one."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.fail("no Chromium: set CHROMIUM to its path, or run `make test`, which gets one")
    return found


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    # The media type of modules must not depend on the machine's own table.
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """A function that serves a folder on a free port of this machine and returns its base URL."""
    with contextlib.ExitStack() as stack:

        def start(folder: Path) -> str:
            handler = functools.partial(_QuietHandler, directory=str(folder))
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}"

        yield start
