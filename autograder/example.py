"""`python -m autograder example`: a class to try the commands on, as Canvas would give it out.

Twelve made-up students answer an assignment with the wrong and right answers that the tests keep. One of them
is late, one has a notebook that lost its labels, one copied with other names, one handed in nothing.
"""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.files import ROOT, write_atomic
from autograder.source import metadata
from autograder.spreadsheet import csv_text

ASSIGNMENT = "convolution"
PEOPLE = {
    "ada": "Ada Lovelace",
    "alan": "Alan Turing",
    "carl": "Carl Friedrich Gauß",
    "david": "David Blackwell",
    "emmy": "Emmy Noether",
    "grace": "Grace Hopper",
    "hypatia": "Hypatia",
    "joseph": "Joseph Fourier",
    "muhammad": "محمد الخوارزمي",
    "ramanujan": "S. Ramanujan",
    "sofia": "Sofja Kowalewskaja",
    "tom": "Tom O'Neil-Smith",
}
LATE, DAMAGED, COPY, COPIED, MISSING = "grace", "hypatia", "tom", "emmy", "joseph"
RENAMED = {"x": "img", "y": "result", "o": "filter_number", "rows": "r", "columns": "c", "window": "part"}
# What only a reference solution has: nbgrader's marks, and those that find leaks.
MARKS = r" *### (BEGIN|END) SOLUTION\n?|\n? *# canary-\w+"
POLICY = """\
time_zone = "UTC"

[late]
percent = 10
per = "day"

[assignments.convolution]
due = 2026-10-12 23:59:00
"""


def write_class(folder: Path) -> str:
    """Write submissions.zip, class.csv and policy.toml; return a sentence about them."""
    write_atomic(folder / "submissions.zip", submissions())
    rows = [["student", "name", "email", "canvas_id"]]
    rows += [[key, name, f"{key}@example.org", str(1001 + i)] for i, (key, name) in enumerate(PEOPLE.items())]
    write_atomic(folder / "class.csv", csv_text(rows))
    write_atomic(folder / "policy.toml", POLICY)
    return f"{folder}: a class of {len(PEOPLE)} and what {len(PEOPLE) - 1} of them handed in of {ASSIGNMENT}"


def submissions() -> bytes:
    """Return the zip that Canvas would give out."""
    choices = answers()
    released = nbformat.read(ROOT / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (student, name) in enumerate(PEOPLE.items()):
            if student == MISSING:
                continue
            author = list(PEOPLE).index(COPIED) if student == COPY else number
            notebook = answered(released, choices, author)
            if student == COPY:
                rename(notebook)
            if student == DAMAGED:
                lose_labels(notebook)
            letters = "".join(re.findall(r"\w", " ".join(reversed(name.split())).casefold()))
            late = "LATE_" if student == LATE else ""
            place = f"{letters}_{late}{1001 + number}_{5001 + number}_{ASSIGNMENT}.ipynb"
            archive.writestr(zipfile.ZipInfo(place, (2026, 10, 12, 20, 0, 0)), json.dumps(notebook))
    return file.getvalue()


def answers() -> dict[str, tuple[list[str], list[str]]]:
    """Return the right answers to each task, the reference first, and the wrong ones."""
    reference = nbformat.read(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    found = {}
    for cell in reference.cells:
        if metadata(cell).get("solution") and cell.cell_type == "code":
            right, wrong = (
                [
                    without_docstring(path)
                    for path in sorted(ROOT.glob(f"tests/{kind}/{ASSIGNMENT}/{cell.id}/*.py"))
                ]
                for kind in ("variants", "mutants")
            )
            if not wrong:
                raise UserError(f"{ROOT / 'tests'} holds no answers to {ASSIGNMENT}; use a whole checkout.")
            found[cell.id] = [re.sub(MARKS, "", cell.source), *right], wrong
    return found


def without_docstring(path: Path) -> str:
    """Return an answer without the text that says what is wrong with it."""
    return re.sub(r'^""".*?"""', "", path.read_text(encoding="utf-8"), count=1, flags=re.S).strip()


def answered(
    released: NotebookNode, choices: dict[str, tuple[list[str], list[str]]], number: int
) -> NotebookNode:
    """Fill in the answers of the student with this number; some leave the last tasks out."""
    notebook = copy.deepcopy(released)
    tasks = list(choices)
    done = len(tasks) - (number % 4) * 2
    for place, task in enumerate(tasks[:done]):
        right, wrong = choices[task]
        texts = wrong if (3 * number + place * place) % 5 == 0 else right
        cell = next(cell for cell in notebook.cells if cell.id == task)
        cell.source = texts[(number * 5 + place * (number % 3)) % len(texts)]
    return notebook


def rename(notebook: NotebookNode) -> None:
    """Give variables other names, as somebody does who copies, and leave the code as it is."""
    for cell in notebook.cells:
        if metadata(cell).get("solution"):
            for name, other in RENAMED.items():
                cell.source = re.sub(rf"\b{name}\b(?!=)", other, cell.source)


def lose_labels(notebook: NotebookNode) -> None:
    """Take away what tells cells apart, as some programs do when they save a notebook."""
    for cell in notebook.cells:
        cell.metadata = {}
        del cell["id"]
