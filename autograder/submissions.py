"""Finding what students handed in, and copying one submission to where nbgrader grades it."""

import json
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.files import content_hash, files_under

LARGEST = 100_000_000  # bytes; a notebook of this course is a thousand times smaller


class UnreadableError(Exception):
    """A submission that is not a notebook; the message says why in words for student and instructor."""


@dataclass(frozen=True)
class Submission:
    """One student's folder for one assignment."""

    student: str
    assignment: str
    folder: Path

    @property
    def _timestamp(self) -> Path:
        return self.folder / "timestamp.txt"

    def _notebooks(self) -> list[Path]:
        return [
            path for path in files_under(self.folder) if path.match("*.ipynb") and path.parent == self.folder
        ]

    def content_hash(self) -> str:
        """Return the hash of what is graded; what cannot be read counts as empty."""
        paths = [*self._notebooks(), *([self._timestamp] if self._timestamp.is_file() else [])]
        try:
            return content_hash(paths, self.folder)
        except OSError:
            return ""

    def notebook(self) -> Path:
        """Return the notebook to grade: the one named after the assignment, or the only one."""
        found = self._notebooks()
        named = [path for path in found if path.stem == self.assignment]
        if named:
            return named[0]
        if len(found) == 1:
            return found[0]
        if not found:
            raise UnreadableError("the folder holds no notebook")
        names = ", ".join(path.name for path in found)
        raise UnreadableError(
            f"the folder holds several notebooks and none is {self.assignment}.ipynb: {names}"
        )

    def stage(self, target: Path) -> str:
        """Copy the submission to the folder `target` as nbgrader expects it.

        Returns
        -------
        str
            A note when the notebook had another name than the assignment's, else empty.
        """
        chosen = self.notebook()
        notebook = read_submission(chosen)
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{self.assignment}.ipynb").write_text(json.dumps(notebook))
        # Nothing else comes along: a file named like a module would take its place when the notebook runs.
        if self._timestamp.is_file():
            shutil.copyfile(self._timestamp, target / self._timestamp.name)
        return (
            "" if chosen.stem == self.assignment else f"graded {chosen.name}, the only notebook in the folder"
        )


def read_submission(path: Path) -> NotebookNode:
    """Read a notebook of any nbformat version as version 4; raise `UnreadableError` with a reason."""
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"{path.name} is larger than {LARGEST // 1_000_000} MB")
    data = path.read_bytes()
    if not data.strip():
        raise UnreadableError(f"{path.name} is empty")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(
            f"{path.name} is not a notebook: its JSON is cut off or damaged ({error})"
        ) from error
    if not isinstance(content, dict) or not {"cells", "worksheets"} & set(content):
        raise UnreadableError(f"{path.name} is JSON, but not a notebook")
    try:
        with warnings.catch_warnings():
            # Missing cell ids are added without a word.
            warnings.simplefilter("ignore")
            notebook = nbformat.from_dict(nbformat.reads(data.decode("utf-8-sig"), as_version=4))
            for cell in notebook.cells:
                cell.source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    except Exception as error:
        raise UnreadableError(f"{path.name} is not a valid notebook: {error}") from error
    return notebook


def find(submitted: Path, assignment: str, students: list[str] | None) -> list[Submission]:
    """List the submissions `submitted / STUDENT / assignment`, sorted by student.

    Raises
    ------
    UserError
        If there is none, or one of `students` handed nothing in.
    """
    folders = sorted(submitted.glob(f"*/{assignment}"))
    found = {
        path.parent.name: path for path in folders if path.is_dir() and not path.parent.name.startswith(".")
    }
    where = submitted / "STUDENT" / assignment / f"{assignment}.ipynb"
    if not found:
        raise UserError(f"There is no submission of {assignment!r}; put each student's notebook at {where}.")
    missing = [student for student in students or [] if student not in found]
    if missing:
        raise UserError(f"No submission of {assignment!r} by {', '.join(missing)}; it would be at {where}.")
    return [
        Submission(name, assignment, path) for name, path in found.items() if not students or name in students
    ]
