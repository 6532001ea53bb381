"""Finds lines in a submission that a person should read: they reach for the grader, or below Python.

That costs nothing, unless an instructor asks for it with `--strict`: `forbidding.py` sees to what cannot run.
"""

import importlib.util

from nbformat import NotebookNode

from autograder.files import ROOT


def lines_to_read(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Return such lines of the student's cells, each once.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.submissions.repair.rebuild`.
    release : NotebookNode
        What students were given; lines that stand there say nothing about them.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    students = (cell.source for cell in cells if cell.metadata.autograder["from"] == "student")
    return RULES.lines_to_read(students, (cell.source for cell in release.cells))


def rules():
    """Load the rules that `cnnlib.check.hand_in` also goes by, without the package and so without PyTorch."""
    spec = importlib.util.spec_from_file_location("to_read", ROOT / "cnnlib" / "check" / "to_read.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RULES = rules()  # before the process is confined
