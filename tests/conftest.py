"""Fixtures that several test files share: the built site, a web server on this machine, a browser."""

import contextlib
import functools
import http.server
import importlib
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.scheduler import LoadScopeScheduling

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before any test file imports onnxruntime
# A shell lets what it runs in the background ignore Ctrl-C, and so would each command that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).resolve().parent.parent


# These files hold one worker for a minute or more. Begun last, they would leave the other one idle.
LONG = ["documented_commands", "assignments", "browser", "hostile", "cluster", "killed_runs", "regrading"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that take long first."""
    order = {f"test_{name}": number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


class OneWorkerAFile(LoadScopeScheduling):
    """Run a file, or the tests of one assignment or screen in two files that take long, on one worker.

    Fixtures that grade or build something are then made once, and two assignments are graded side by side.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        apart = re.search(
            r"test_assignments\.py::\w+\[(\w+)|test_browser\.py::\w+\[(desktop|phone)\]", nodeid
        )
        return f"{file} {apart[1] or apart[2]}" if apart else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return OneWorkerAFile(config, log)


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


# --- The interactive figures (test_widget*.py); torch and playwright are loaded only for them ---


@pytest.fixture(scope="session")
def scripts(repository: Path) -> Iterator[SimpleNamespace]:
    """The scripts in tests/widgets, by name."""
    folder = repository / "tests/widgets"
    sys.path.insert(0, str(folder))
    names = sorted(script.stem for script in folder.glob("*.py"))
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[object]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright
    from widget_page import ARGUMENTS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def figure_folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A folder with the book's styles and the figures' modules, for pages to be written into."""
    folder = tmp_path_factory.mktemp("figures")
    shutil.copytree(repository / "book/_static", folder / "_static")
    return folder


@pytest.fixture(scope="module")
def figure_pages(figure_folder: Path, scripts: SimpleNamespace, serve: Callable[[Path], str]) -> str:
    """Address of a folder with a page for each figure, named like it, and one for all."""
    from widget_page import FIGURES, write_page

    blocks = {name: scripts.make_fallback.make(name, {}) for name in FIGURES}
    for name, block in blocks.items():
        write_page(figure_folder, f"{name}.html", block)
    write_page(figure_folder, "all.html", "<p>between</p>".join(blocks.values()))
    return serve(figure_folder)


@pytest.fixture
def open_page(browser: object, figure_pages: str) -> Iterator[Callable[..., object]]:
    """A function that opens one of these pages; after the test it says what went wrong on them."""
    from widget_page import page_opener

    with page_opener(browser, figure_pages) as open_page:
        yield open_page
