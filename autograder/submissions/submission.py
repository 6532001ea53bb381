"""Finding what students handed in, choosing the notebook, and copying it to where nbgrader grades it."""

import json
import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.files import content_hash, files_under
from autograder.roster import folded
from autograder.submissions.matching import count_own, resemblance
from autograder.submissions.notebook_file import SUFFIXES, UnreadableError, original, read_submission

LATE = "late.txt"  # written by `collect`, beside the notebook
MOST_NOTEBOOKS = 20  # that are looked into to find the right one
ALIKE = 0.3  # of the assignment's cells make a notebook an attempt at it


@dataclass(frozen=True)
class Attempt:
    """A notebook in a student's folder that may be the one that counts."""

    path: Path
    notebook: NotebookNode
    notes: list[str]
    name: str  # without what makes it a copy's
    number: int  # of the copy
    own: int  # cells that were not handed out
    alike: bool  # whether it is this assignment's

    def rank(self) -> tuple[int, int]:
        """Return what tells which copy counts."""
        return self.own, self.number

    def rivals(self, other: "Attempt") -> bool:
        """Return whether nothing tells which of two different copies counts."""
        if [cell.source for cell in self.notebook.cells] == [cell.source for cell in other.notebook.cells]:
            return False
        return self.path.parent != other.path.parent or self.rank() == other.rank()


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
        """The notebooks in the folder; only if there is none, those in the folders below."""
        found = [path for path in files_under(self.folder) if path.name.lower().endswith(SUFFIXES)]
        return [path for path in found if path.parent == self.folder] or found

    def timestamp(self) -> datetime | None:
        """Return when it was handed in, in UTC, if `timestamp.txt` says so in a way that can be read."""
        from nbgrader.utils import parse_utc

        try:
            return parse_utc(self._timestamp.read_text().strip())
        except (OSError, ValueError, OverflowError):
            return None

    def late_mark(self) -> str:
        """Return what `collect` noted of a submission that its platform calls late, usually nothing."""
        path = self.folder / LATE
        return path.read_text(encoding="utf-8")[:200].strip() if path.is_file() else ""

    def content_hash(self) -> str:
        """Return the hash of what is graded; what cannot be read counts as empty."""
        paths = [*self._notebooks(), *([self._timestamp] if self._timestamp.is_file() else [])]
        try:
            return content_hash(paths, self.folder)
        except OSError:
            return ""

    def read(self, release: NotebookNode | None = None) -> tuple[NotebookNode, list[str]]:
        """Read the notebook to grade: the one named after the assignment, the only one, or the best.

        Parameters
        ----------
        release : NotebookNode, optional
            The notebook that was handed out; it tells which of several others is an attempt at it.

        Returns
        -------
        notebook : NotebookNode
            See `notebook_file.read_submission`.
        notes : list of str
            Which notebook was taken, unless there was no choice, and what was repaired.

        Raises
        ------
        UnreadableError
            With one sentence, if there is no notebook or several equally good ones.
        """
        found = self._notebooks()
        if not found:
            raise UnreadableError("the folder holds no notebook")
        if len(found) > MOST_NOTEBOOKS:
            raise UnreadableError(f"the folder holds {len(found)} notebooks; hand in one")
        if len(found) == 1:
            chosen = found[0]
            notebook, notes = read_submission(chosen)
        else:
            chosen, notebook, notes = self._best(found, release)
        if len(found) > 1:
            others = ", ".join(str(path.relative_to(self.folder)) for path in found if path != chosen)
            notes = [f"Graded {chosen.relative_to(self.folder)}; not graded: {others}.", *notes]
        elif notebook_stem(chosen) != self.assignment:
            notes = [f"Graded {chosen.name}, the only notebook in the folder.", *notes]
        return notebook, notes

    def _best(self, found: list[Path], release: NotebookNode | None) -> tuple[Path, NotebookNode, list[str]]:
        """Return the notebook that counts: of those with answers the one named after the assignment.

        Without such a name it is the only one. Of a file and its copies it is the one with most answers, then
        the one with the highest number.
        """
        readable: list[Attempt] = []
        unreadable = None
        for path in found:
            try:
                notebook, notes = read_submission(path)
            except UnreadableError as error:
                if folded(notebook_stem(path)) == folded(self.assignment):
                    unreadable = error
                continue
            name, number = original(folded(notebook_stem(path)))
            own, alike = 0, 1.0
            if release is not None:
                own, alike = count_own(release, notebook.cells), resemblance(release, notebook.cells)
            readable.append(Attempt(path, notebook, notes, name, number, own, alike >= ALIKE))
        named = [one for one in readable if one.name == folded(self.assignment)]
        attempts = [one for one in readable if one.alike] or (named if len(named) == 1 else [])
        answered = [one for one in attempts if one.own] or attempts
        families: dict[str, list[Attempt]] = defaultdict(list)
        for one in answered:
            families[one.name].append(one)
        if not named and unreadable is not None:
            raise unreadable  # an old draft must not take the place of what was meant to be handed in
        chosen = families.get(folded(self.assignment)) or (answered if len(families) == 1 else [])
        one = max(chosen, key=Attempt.rank, default=None)
        if one is None or any(other.rivals(one) for other in chosen):
            which = "none can be told to be" if answered else "none is"
            names = ", ".join(str(path.relative_to(self.folder)) for path in found)
            raise UnreadableError(
                f"the folder holds several notebooks and {which} {self.assignment}.ipynb: {names}"
            )
        return one.path, one.notebook, one.notes

    def stage(self, target: Path, release: NotebookNode | None = None) -> str:
        """Copy the submission to the folder `target` as nbgrader expects it; return the notes of `read`."""
        notebook, notes = self.read(release)
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{self.assignment}.ipynb").write_text(json.dumps(notebook))
        # Nothing else comes along: a file named like a module would take its place when the notebook runs.
        if self._timestamp.is_file():
            shutil.copyfile(self._timestamp, target / self._timestamp.name)
        return " ".join(notes)


def notebook_stem(path: Path) -> str:
    """Return a notebook's file name without its ending."""
    ending = max((s for s in SUFFIXES if path.name.lower().endswith(s)), key=len)
    return path.name[: -len(ending)]


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
