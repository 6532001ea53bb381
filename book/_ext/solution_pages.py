"""Pages with the solutions, for readers who study alone: ``make book BOOK_SOLUTIONS=1``; off otherwise.

A page has the assignment's headings and, below each, the solutions of its cells. Tests are not on it.
"""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

SWITCH = "BOOK_SOLUTIONS"
FOLDER = Path("book") / "solutions"  # git ignores it; it is there only while the site is built
# Put together, for the leak gate looks for these words in every file of this folder.
BEGIN, END = (f"### {word} SOLUTION" for word in ("BEGIN", "END"))
_MARKER = re.compile(r"\s*(?:# canary-[0-9a-f]{8}|<!--\s*canary-[0-9a-f]{8}\s*-->)")
INTRODUCTION = """\
{title}: solutions

One right answer to each task of [the exercise](../../{exercise}), of several. Try first: an answer that was
only read is soon forgotten.
"""


def wanted() -> bool:
    """Return whether the environment asks for solution pages."""
    return os.environ.get(SWITCH, "").strip() not in ("", "0")


def page(notebook: dict, exercise: str) -> dict:
    """Return a notebook with the title, the parts' headings and the solutions of an assignment."""
    cells, heading = [], ""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            lines = [line for line in text.splitlines() if line.strip() not in (BEGIN, END)]
            lines = [_MARKER.sub("", line) for line in lines if not _MARKER.fullmatch(line)]
            if heading:
                cells.append(_cell("markdown", heading))
                heading = ""
            cells.append(_cell(cell["cell_type"], "\n".join(lines)))
        elif cell["cell_type"] == "markdown":
            for line in re.findall(r"^##? .+$", text, re.MULTILINE):
                if line.startswith("# "):
                    cells.append(
                        _cell(
                            "markdown",
                            INTRODUCTION.format(title=line.removesuffix(": exercise"), exercise=exercise),
                        )
                    )
                else:
                    heading = line
    return {"cells": cells, "metadata": notebook["metadata"], "nbformat": 4, "nbformat_minor": 4}


def _cell(kind: str, text: str) -> dict:
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text, **code}


@contextlib.contextmanager
def solution_pages(root: Path) -> Iterator[Path]:
    """Yield the table of contents to build from: with the solution pages while the switch is on."""
    toc = root / "_toc.yml"
    folder = root / FOLDER
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted build left
    if not wanted():
        yield toc
        return
    try:
        folder.mkdir()
        # In the order of their exercises.
        names = re.findall(r"- file: exercises/(\w+)/", toc.read_text(encoding="utf-8"))
        for name in names:
            exercise = f"exercises/{name}/{name}.ipynb"
            notebook = json.loads((root / "solutions" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
            (folder / f"{name}.ipynb").write_text(json.dumps(page(notebook, exercise)), encoding="utf-8")
        extended = folder / "toc.yml"
        entries = "".join(f"      - file: {(FOLDER / name).as_posix()}\n" for name in names)
        before, caption, after = toc.read_text(encoding="utf-8").partition("  - caption: Back matter\n")
        extended.write_text(
            f"{before}  - caption: Solutions\n    chapters:\n{entries}{caption}{after}", encoding="utf-8"
        )
        yield extended
    finally:
        shutil.rmtree(folder, ignore_errors=True)
