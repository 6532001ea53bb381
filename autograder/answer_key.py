"""The answer key: an assignment as nbgrader generated it, made once a run."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.files import content_hash, files_under
from autograder.releasing.generate import generate


@dataclass(frozen=True)
class Key:
    """What grading needs to know of an assignment."""

    assignment: str
    work: Path

    @property
    def gradebook(self) -> Path:
        """The gradebook that holds the assignment and nobody's grades."""
        return self.work / "gradebook.db"

    @cached_property
    def release(self) -> NotebookNode:
        """The notebook as students get it."""
        path = self.work / "exercises" / self.assignment / f"{self.assignment}.ipynb"
        return nbformat.read(path, as_version=4)

    @cached_property
    def source(self) -> NotebookNode:
        """The notebook with solutions and hidden tests."""
        path = self.work / "solutions" / self.assignment / f"{self.assignment}.ipynb"
        return nbformat.read(path, as_version=4)

    @property
    def tests(self) -> Path:
        """The assignment's `tests.py`: hidden tests, and what visible ones are made from."""
        return self.work / "solutions" / self.assignment / "tests.py"


def make_key(source: Path, assignment: str, work: Path, written: bool = False) -> Key:
    """Make the answer key of `assignment` inside the folder `work`.

    Parameters
    ----------
    source : Path
        The folder of all assignments with solutions.
    assignment : str
    work : Path
    written : bool
        Whether the answer in words counts; else its points are 0.
    """
    key = Key(assignment, work)
    generate(source, assignment, work, key.gradebook, written=written)
    return key


def version_of(folder: Path, written: bool = False) -> str:
    """Return the hash of an assignment's files, with a mark if the answer in words counts."""
    return content_hash(files_under(folder), folder) + ("+written" if written else "")
