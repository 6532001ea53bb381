"""Build the site into ``_build/html``, unless it is what its sources give already: ``make book``.

Nearly all of a build that changes nothing is spent on starting Sphinx, so this script loads none of it. It
compares contents, not times: of every source, of what is installed, of the environment, and of the site
itself, so a page that was damaged or deleted is built again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from repository import SWITCHES, repository_url, term
from solution_pages import solution_pages, wanted

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
SITE = BUILD / "html"
RECORD = BUILD / "html.made-from"
SOURCES = ("_config.yml", "_toc.yml", "CONTRIBUTING.md", "book", "cnnlib", "exercises")


def files(path: Path) -> Iterator[Path]:
    """Yield `path`, or the files below it in order, without hidden ones and compiled Python."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        parts = file.relative_to(path).parts
        if file.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
            yield file


def digest(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of names and contents, and of the text in `more`."""
    whole = hashlib.sha256("\0".join(more).encode())
    for path in paths:
        whole.update(f"\0{path.relative_to(ROOT)}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def sources() -> str:
    """Return a hash of everything that the site depends on."""
    names = [*SOURCES, "solutions"] if wanted() else SOURCES
    packages = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    switches = [f"{name}={os.environ.get(name, '').strip()}" for name in SWITCHES]
    scripts = ROOT / "node_modules" / ".package-lock.json"  # hidden, so it is named here
    found = [file for name in names for file in files(ROOT / name)]
    return digest([*found, *([scripts] if scripts.is_file() else [])], sys.version, *packages, *switches)


def build() -> bool:
    """Build the site beside the present one and exchange them; return whether that went well."""
    BUILD.mkdir(exist_ok=True)
    following = BUILD / "next"
    with solution_pages(ROOT) as toc, open(BUILD / "log", "w+", encoding="utf-8") as log:
        jupyter_book = Path(sysconfig.get_path("scripts")) / "jupyter-book"
        options = ["--quiet", "--warningiserror", "--nitpick", "--keep-going"]
        done = subprocess.run(
            [jupyter_book, "build", *options, "--toc", toc, "--path-output", following, ROOT],
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            log.seek(0)
            print(log.read())
            shutil.rmtree(following, ignore_errors=True)  # else Sphinx remembers what was mended
            return False
    shutil.rmtree(SITE, ignore_errors=True)
    (following / "_build" / "html").replace(SITE)  # readers never see a page half-written
    return True


def main() -> int:
    """Build if need be; say where the site is."""
    try:
        repository_url()
        term()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    made_from = sources()  # before the build: what changes meanwhile makes the next one build again
    if RECORD.is_file() and RECORD.read_text(encoding="utf-8") == f"{made_from} {digest(files(SITE))}":
        print("The site in _build/html is current; open _build/html/index.html, or run: make serve")
        return 0
    RECORD.unlink(missing_ok=True)
    if not build():
        return 1
    RECORD.write_text(f"{made_from} {digest(files(SITE))}", encoding="utf-8")
    print("The site is in _build/html; open _build/html/index.html, or run: make serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
