"""An assignment of three points that needs nothing but Python, for the tests of releasing and grading."""

import copy
import csv
import json
import sqlite3
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.releasing.release import release

NAME = "tiny"
CELLS = ["add-test", "add-hidden", "negate-test"]
WRONG = "def add(a, b):\n    return 3"
CANARIES = ("canary-0a0a0a01", "canary-0a0a0a02", "canary-0a0a0a03", "canary-0a0a0a04")
WRITTEN_CANARY = "canary-0a0a0a05"
RIGHT = {"add": "def add(a, b):\n    return b + a", "negate": "def negate(a):\n    return 0 - a"}
ADD = f"def add(a, b):\n    ### BEGIN SOLUTION\n    return a + b  # {CANARIES[0]}\n    ### END SOLUTION"
ADD_HIDDEN = f"""\
# Hidden: other numbers.
### BEGIN HIDDEN TESTS
hidden_number = 40  # {CANARIES[1]}
assert add(hidden_number, 2) == 42, "add is wrong for larger numbers"
### END HIDDEN TESTS"""
NEGATE = f"def negate(a):\n    ### BEGIN SOLUTION\n    return -a  # {CANARIES[2]}\n    ### END SOLUTION"
NEGATE_TEST = f"""\
assert negate(2) == -2, "negate(2) is -2"
### BEGIN HIDDEN TESTS
assert negate(-7) == 7, "negate is wrong for a negative number"  # {CANARIES[3]}
### END HIDDEN TESTS"""


def code(name: str, source: str, *, points: int | None = None, solution: bool = False):
    """A code cell with nbgrader's metadata: a test if it has points, else an answer or a locked cell."""
    nbgrader = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        nbgrader["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": nbgrader})


def notebook():
    """The notebook with solutions and hidden tests."""
    cells = [
        new_markdown_cell("# Tiny", id="title"),
        code("setup-cnnlib", "import math"),
        new_markdown_cell("## Part 1: add", id="part-1"),
        code("add", ADD, solution=True),
        code("add-test", 'assert add(1, 2) == 3, "add(1, 2) is 3"', points=1),
        code("add-hidden", ADD_HIDDEN, points=1),
        new_markdown_cell("## Part 2: negate", id="part-2"),
        code("negate", NEGATE, solution=True),
        code("negate-test", NEGATE_TEST, points=1),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def with_question():
    """The notebook with a question that is answered in words, for 10 more points."""
    made = notebook()
    marks = {"locked": True, "schema_version": 3, "task": False, "grade": False, "solution": False}
    task = marks | {"grade_id": "explain-task"}
    answer = marks | {
        "grade_id": "explain",
        "grade": True,
        "points": 10,
        "solution": True,
        "locked": False,
    }
    solution = f"### BEGIN SOLUTION\n<!-- {WRITTEN_CANARY} -->\nThe sum is the same.\n### END SOLUTION"
    made.cells += [
        new_markdown_cell(
            "## In your own words (10 points)\n\nWhy?", id="explain-task", metadata={"nbgrader": task}
        ),
        new_markdown_cell(solution, id="explain", metadata={"nbgrader": answer}),
    ]
    return made


def write_source(folder: Path, content=None) -> Path:
    """Write the assignment under `folder` and return `folder`."""
    path = folder / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content or notebook(), path)
    return folder


def answer(released, **answers: str):
    """A copy of the released notebook with the answers filled in by cell id."""
    filled = copy.deepcopy(released)
    for cell in filled.cells:
        cell.source = answers.get(cell.id, cell.source)
    return filled


def hand_in(folder: Path, student: str, content, name: str = f"{NAME}.ipynb") -> Path:
    """Write a submission, a notebook or any text, and return its path."""
    path = folder / student / NAME / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def read_release(source: Path, output: Path):
    """Release the assignment into `output` and return the notebook that students get."""
    release(source, NAME, output)
    return nbformat.read(output / NAME / f"{NAME}.ipynb", 4)


def csv_rows(output: Path) -> dict[str, dict[str, str]]:
    """The rows of grades.csv by student."""
    with open(output / "grades.csv", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def gradebook_rows(output: Path) -> list[tuple]:
    """Everything graded that the gradebook holds, without its random keys."""
    query = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
               grade.needs_manual_grade
        FROM grade JOIN base_cell ON grade.cell_id = base_cell.id
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        UNION ALL
        SELECT submitted_assignment.student_id, base_cell.name, comment.auto_comment,
               comment.manual_comment, 0
        FROM comment JOIN base_cell ON comment.cell_id = base_cell.id
        JOIN submitted_notebook ON comment.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        ORDER BY 1, 2"""
    connection = sqlite3.connect(output / "gradebook.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
