"""The last cell of a released exercise: it checks the notebook before a student hands it in."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.source import DISPLAY
from cnnlib.check.pairing import LAST

HEADING = """\
## Before you hand in

Save the notebook (Ctrl+S), then run this cell. It checks the saved file: whether every part is there and
written, and whether all cells run in a fresh kernel. What is damaged it repairs in a copy."""
CODE = 'from cnnlib import check\n\ncheck.hand_in("{name}")'


def add(notebook: NotebookNode, name: str) -> None:
    """Put the cell and its heading behind an assignment's cells, in place."""
    text = new_markdown_cell(HEADING, id=f"{LAST}-text", metadata=locked(f"{LAST}-text"))
    code = new_code_cell(CODE.format(name=name), id=LAST, metadata={"tags": [DISPLAY]} | locked(LAST))
    notebook.cells += [text, code]


def locked(grade_id: str) -> dict:
    """Return the metadata of a cell that students do not write and that gives no points."""
    marks = {"grade": False, "grade_id": grade_id, "locked": True, "schema_version": 3, "solution": False}
    return {"nbgrader": marks | {"task": False}}
