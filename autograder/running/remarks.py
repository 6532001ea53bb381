"""Finds lines in a submission that a person should read: they reach for the grader, or below Python.

That costs nothing, unless an instructor asks for it with `--strict`: `forbidding.py` sees to what cannot run.
"""

from nbformat import NotebookNode

from cnnlib.check.to_read import lines_to_read


def remarks(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Return such lines of the student's cells, each once.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.handin.repair.rebuild`.
    release : NotebookNode
        What students were given; lines that stand there say nothing about them.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    students = (cell.source for cell in cells if cell.metadata.autograder["from"] == "student")
    return lines_to_read(students, (cell.source for cell in release.cells))
