"""Notebooks that are hostile as files: edited tests, invented marks, text that is made to hurt its readers.

Each function gets the released notebook with wrong answers and changes it; none of it may gain a point.
"""

import copy

import hostile_assignment as hostile
import tiny_assignment as tiny
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output


def tests_of(notebook):
    """The test cells of a notebook."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def skips_tests(notebook):
    """Tells the grader not to run the tests."""
    for cell in tests_of(notebook):
        cell.metadata.tags = ["skip-execution", "remove-cell", "raises-exception"]


def more_points(notebook):
    """Gives the tests other points."""
    for number, cell in enumerate(tests_of(notebook)):
        cell.metadata.nbgrader.points = [1000, -1000, "1000", float("inf"), None][number % 5]


def swapped_names(notebook):
    """Gives each test the name of the next one, and an answer the name of a test."""
    tests = tests_of(notebook)
    names = [cell.metadata.nbgrader.grade_id for cell in tests]
    for cell, name in zip(tests, names[1:] + names[:1], strict=True):
        cell.metadata.nbgrader.grade_id = cell.id = name
    notebook.cells[4].metadata.nbgrader.grade_id = names[0]


def no_tests(notebook):
    """Removes the tests."""
    notebook.cells = [cell for cell in notebook.cells if cell not in tests_of(notebook)]


def easy_tests(notebook):
    """Rewrites the tests so that they pass, as code and as text."""
    for number, cell in enumerate(tests_of(notebook)):
        cell.source = "assert True"
        cell.cell_type = "code" if number % 2 else "markdown"


def answers_as_tests(notebook):
    """Turns an answer into a manually graded one with its own score."""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(grade=True, solution=True, locked=False, points=5, task=True)
            cell.metadata.autograder = {"from": "course"}


def own_tests(notebook):
    """Adds graded cells of its own, also one that stands for a course cell by its id."""
    for number in range(3):
        cell = tiny.code(f"own-{number}", "1000.0", points=1000)
        cell.id = ["own", "free", "extra-1"][number]
        notebook.cells.append(cell)


def course_cells(notebook):
    """Replaces the course's own cells, marked and unmarked, with code that would spoil the tests' process."""
    spoil = (
        "import builtins, os\nbuiltins.AssertionError = SystemExit\nLIMIT, check = 0, None\nos.write(3, b'x')"
    )
    for cell in notebook.cells:
        if cell.id in ("free", "setup-cnnlib"):
            cell.source = f"print('spoiled by', __name__)\n{spoil}"


def scores_in_outputs(notebook):
    """Brings outputs along that look like passed tests."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("execute_result", {"text/plain": "1.0"}, execution_count=1)]


def large_metadata(notebook):
    """Metadata that are too large, too deep and of the wrong kind, in the notebook and in cells."""
    deep = {}
    for _ in range(300):
        deep = {"x": deep}
    many = {str(number): "y" * 100 for number in range(20_000)}
    notebook.metadata.update(deep=deep, many=many, kernelspec={"name": "../x"})
    notebook.cells[4].metadata.update(copy.deepcopy(notebook.metadata), nbgrader=[1, 2], tags={"a": 1})


def slow_headings(notebook):
    """Headings and texts over which careless patterns brood for hours."""
    spaces, marks = "# a" + " " * 300_000 + "x", "# " * 200_000 + "x"
    for text in (spaces, marks, "x = " * 200_000, "[" * 300_000, "`" * 300_000):
        notebook.cells.insert(5, new_markdown_cell(text))
        notebook.cells.insert(5, new_code_cell(text))


def odd_texts(notebook):
    """Texts that no file can hold: halves of characters, zeros, bells; and HTML in headings and names."""
    notebook.cells.insert(5, new_code_cell("x = '\ud800\x00\x07\x1b[2J'"))
    notebook.cells.insert(5, new_markdown_cell("# <script>pwned()</script> \ud800 ![x](javascript:pwned())"))
    attached = {"a.png": {"image/png": "pwned"}}
    notebook.cells.insert(5, new_markdown_cell("![x](attachment:a.png)", attachments=attached))
    notebook.cells[-1].id = "<b onclick=pwned()>"


def many_cells(notebook):
    """Thousands of cells, each of which shows something."""
    for number in range(1500):
        notebook.cells.append(new_code_cell(f"print('{number}' * 30000)"))


NOTEBOOKS = {
    change.__name__: change
    for change in (
        skips_tests, more_points, swapped_names, no_tests, easy_tests, answers_as_tests, own_tests,
        course_cells, scores_in_outputs, large_metadata, slow_headings, odd_texts, many_cells,
    )
}  # fmt: skip


def make(released, change):
    """Return a hostile notebook: every answer is wrong, then `change` does its work."""
    notebook = tiny.answer(released, **hostile.WRONG)
    change(notebook)
    return notebook
