"""Keeps what was graded: the gradebook, the graded notebooks, the feedback, the records, grades.csv.

A submission's record is removed before anything of it is stored, and written back last. So a run that is
killed leaves either a complete result or none, and the next run grades what has no record. One process at a
time writes into the folder; runs that grade different students may work side by side.
"""

import contextlib
import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from autograder.answer_key import Key
from autograder.corrections import Correction, Corrections, part_points
from autograder.errors import UserError
from autograder.files import remove, write_atomic
from autograder.lock import exclusive
from autograder.outcome import Grades, Outcome, Record
from autograder.pages.feedback import FeedbackPages
from autograder.policy import Lateness, Policy, duration
from autograder.results.passive import passive
from autograder.results.records import Records
from autograder.results.storage_faults import one_sentence
from autograder.spreadsheet import csv_text
from autograder.submissions.submission import Submission

# These import nbgrader, which takes seconds: the functions that need them do it, so that a grading run can
# start the processes that run submissions before.
if TYPE_CHECKING:
    from autograder.results.gradebook import Gradebook
    from autograder.results.migrate import Migration


class Results:
    """The folder that a grading run writes.

    Parameters
    ----------
    output : Path
    patience : float
        How many seconds to wait while another program has the gradebook locked.
    policy : Policy, optional
        The term's rules; without them nothing is late, unless nbgrader's own settings say so.
    """

    def __init__(self, output: Path, patience: float = 30.0, policy: Policy | None = None) -> None:
        self.output = output
        self.policy = policy or Policy()
        self.corrections = Corrections(output)
        self.path = output / "gradebook.db"
        self.autograded = output / "autograded"
        self.feedback = output / "feedback"
        self.csv = output / "grades.csv"
        self.class_path = output / "class.txt"
        self.patience = patience
        # nbgrader looks for students in this folder; it passes over a name with a dot.
        self._records = Records(self.autograded / ".records")
        self._pages: FeedbackPages | None = None

    @cached_property
    def gradebook(self) -> "Gradebook":
        """The gradebook in this folder."""
        from autograder.results.gradebook import Gradebook

        return Gradebook(self.path, self.patience)

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the gradebook; it is opened again when needed."""
        if "gradebook" in self.__dict__:
            self.gradebook.close()

    def notebook_path(self, student: str, assignment: str) -> Path:
        """Where the graded notebook lies."""
        return self.autograded / student / assignment / f"{assignment}.ipynb"

    def page_path(self, student: str, assignment: str) -> Path:
        """Where the student's feedback lies."""
        return self.feedback / student / assignment / f"{assignment}.html"

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Let nobody else write into the folder, and say in one sentence what its storage does."""
        with one_sentence(self.path), exclusive(self.output, 4 * self.patience):
            yield

    def record(self, student: str, assignment: str) -> Record | None:
        """Return what an earlier run noted, or None if any of what it made is missing."""
        record = self._records.read(student, assignment)
        if record is None or not self.path.exists() or not self.page_path(student, assignment).exists():
            return None
        graded = record.status == "graded"
        return None if graded and not self.notebook_path(student, assignment).exists() else record

    def records(self, assignment: str = "*") -> list[Record]:
        """Return the records of one assignment, or of all, sorted by assignment and student."""
        found = [self.record(student, name) for student, name in self._records.names(assignment)]
        return [record for record in found if record is not None]

    def graded_records(self, assignment: str) -> list[Record]:
        """Return the records of an assignment; raise `UserError` if nothing of it was graded."""
        found = self.records(assignment)
        if not found:
            raise UserError(
                f"{self.output} holds no grades of {assignment}; first run: "
                f"python -m autograder grade {assignment}"
            )
        return found

    def register(self, key: Key) -> None:
        """Make the gradebook know the assignment as it is now.

        Raises
        ------
        UserError
            If students were graded on other cells than the assignment has now, or the gradebook is unusable.
        """
        with self._writing():
            if not self.path.exists():
                self.close()
                # Records of a gradebook that is gone say nothing, and its journal would spoil the new one.
                shutil.rmtree(self._records.folder, ignore_errors=True)
                for ending in ("-journal", "-wal", "-shm"):
                    remove(self.path.with_name(self.path.name + ending))
                # In one step: a gradebook that was set up by half is unusable.
                write_atomic(self.path, key.gradebook.read_bytes())
            else:
                self.gradebook.register(key.assignment, key_cells(key))

    def migrate(self, key: Key) -> "Migration | None":
        """Bring the gradebook to the assignment's present cells and forget what was graded on others.

        Returns
        -------
        Migration or None
            What became of the grades that persons gave; None if the gradebook has these cells already.
        """
        from autograder.results.migrate import migrate

        with self._writing():
            self.close()
            return migrate(self.path, key.assignment, key_cells(key), self._records, self.patience)

    def store(self, submission: Submission, outcome: Outcome, key: Key, digest: str, version: str) -> None:
        """Store one submission's result; a rerun after a kill anywhere in here stores it again.

        `digest` and `version` are the hashes of what was graded and of the assignment.
        """
        student, assignment = submission.student, submission.assignment
        with self._writing():
            self._records.remove(student, assignment)
            worth = sum(self.gradebook.points(assignment).values())
            record = Record(
                student, assignment, digest, version, outcome.status,
                outcome.message or "; ".join(outcome.notes), outcome.details, outcome.isolation,
                outcome.notes, submission.late_mark(), worth,
            )  # fmt: skip
            lateness = self.policy.lateness(student, assignment, aware(outcome.timestamp), worth)
            penalty = None if lateness is None else lateness.penalty
            grades = self.gradebook.store(student, assignment, outcome, penalty)
            notebook = self.notebook_path(student, assignment)
            if outcome.notebook is None:
                remove(notebook)
            else:
                # nbformat's own writer takes longer than everything else here.
                write_atomic(notebook, json.dumps(passive(outcome.notebook)) + "\n")
            standing = self.corrections.standing(assignment).get(student, [])
            why = lateness.sentence(aware(outcome.timestamp)) if lateness else ""
            page = self.pages(key).page(record, outcome.notebook, grades, why, standing)
            write_atomic(self.page_path(student, assignment), page)
            self._records.write(record)

    def stored(self, student: str) -> list[str]:
        """Return what there is of a student, one line each."""
        folders = [folder / student for folder in (self.autograded, self.feedback)]
        found = [str(folder) for folder in folders if folder.is_dir()]
        found += [
            f"the record of {assignment}" for who, assignment in self._records.names() if who == student
        ]
        if any(line.student == student for line in self.corrections.lines()):
            found.append(f"lines of {self.corrections.path}")
        if student in (self.class_list() or []):
            found.append(f"a line of {self.class_path}")
        for path in self._gradebooks():
            if student in self._gradebook_at(path).students():
                found.append(f"all grades and comments in {path}")
        return found

    def erase(self, student: str) -> None:
        """Remove all that is stored of a student, in kept copies of the gradebook, too."""
        from autograder.results.erasing import erase_rows

        with self._writing():
            self.close()
            for path in self._gradebooks():
                erase_rows(path, student, self.patience)
            self.corrections.erase(student)
            if (known := self.class_list()) is not None:
                self._write_class(name for name in known if name != student)
            for assignment in [name for who, name in self._records.names() if who == student]:
                self._records.remove(student, assignment)
            for folder in (self.autograded, self.feedback):
                if (folder / student).is_dir():
                    shutil.rmtree(folder / student)
        if self.path.exists():
            self.write_csv()

    def _gradebooks(self) -> list[Path]:
        """The gradebook, and the copies of it that `migrate` kept."""
        found = [self.path, *sorted(self.output.glob(f"{self.path.name}.before-*"))]
        return [path for path in found if path.is_file()]

    def _gradebook_at(self, path: Path) -> "Gradebook":
        from autograder.results.gradebook import Gradebook

        return self.gradebook if path == self.path else Gradebook(path, self.patience)

    def pages(self, key: Key) -> FeedbackPages:
        """Return what makes the assignment's pages; it is kept, for it takes longer to make than a page."""
        if self._pages is None or self._pages.key is not key:
            self._pages = FeedbackPages(key)
        return self._pages

    def rewrite_pages(self, key: Key, version: str, students: Iterable[str] | None = None) -> list[str]:
        """Write the pages of an assignment anew, after a person corrected grades or comments.

        Parameters
        ----------
        key : Key
        version : str
            The hash of the assignment as it is now.
        students : iterable of str, optional
            Only these.

        Returns
        -------
        list of str
            Students whose page was left alone: they were graded on an earlier version of the assignment.
        """
        wanted = None if students is None else set(students)
        left, grades = [], self.grades(key.assignment)
        late, standing = self.lateness(key.assignment), self.corrections.standing(key.assignment)
        for record in self.records(key.assignment):
            if wanted is not None and record.student not in wanted:
                continue
            if record.source != version:
                left.append(record.student)
                continue
            path = self.notebook_path(record.student, record.assignment)
            notebook = nbformat.read(path, as_version=4) if record.status == "graded" else None
            found = grades.get(record.student) or Grades({}, {})
            why = late[record.student][1] if record.student in late else ""
            corrected = standing.get(record.student, [])
            with self._writing():
                page = self.pages(key).page(record, notebook, found, why, corrected)
                write_atomic(self.page_path(record.student, record.assignment), page)
        return left

    def lateness(self, assignment: str) -> dict[str, tuple[Lateness, str]]:
        """Return by student how late he is by the policy, with the sentence that says so."""
        worth = sum(self.gradebook.points(assignment).values())
        found = {}
        for student, time in self.handed_in(assignment).items():
            lateness = self.policy.lateness(student, assignment, time, worth)
            if lateness is not None:
                found[student] = (lateness, lateness.sentence(time))
        return found

    def settle(self, assignment: str) -> list[str]:
        """Apply the policy and the corrections to what is stored; return whose grades changed."""
        changed = set()
        with self._writing():
            points = self.gradebook.points(assignment)
            grades = self.gradebook.grades(assignment)
            for student, lines in self.corrections.standing(assignment).items():
                for line in lines:
                    # A correction of a part that the assignment no longer has waits in the ledger.
                    if student in grades and sum(part_points(points, line.part).values()):
                        scores = line.cells(points)
                        if self.gradebook.correct(student, assignment, scores):
                            changed.add(student)
            if assignment in self.policy.due:
                penalties = {
                    student: late.penalty for student, (late, _) in self.lateness(assignment).items()
                }
                changed.update(self.gradebook.set_penalties(assignment, penalties))
        return sorted(changed)

    def correct(self, student: str, assignment: str, part: str, points: str, why: str) -> Correction:
        """Note a person's word on a part and apply it; empty `points` take the last one back."""
        with self._writing():
            line = self.corrections.add(student, assignment, part, points, why)
            worth = self.gradebook.points(assignment)
            scores = line.cells(worth) if points else dict.fromkeys(part_points(worth, part))
            self.gradebook.correct(student, assignment, scores)
        return line

    def grade_by_hand(
        self, assignment: str, cell: str, given: dict[str, tuple[float | None, str | None]]
    ) -> None:
        """Write a person's points and comments on one cell, of all students or of none."""
        with self._writing():
            self.gradebook.grade_by_hand(assignment, cell, given)

    def class_list(self) -> list[str] | None:
        """Return who belongs to the class, None if nobody has said so."""
        return self.class_path.read_text(encoding="utf-8").splitlines() if self.class_path.exists() else None

    def set_class(self, students: Iterable[str]) -> None:
        """Note who belongs to the class, so that grades.csv and the report list who handed in nothing."""
        with self._writing():
            self._write_class(students)

    def _write_class(self, students: Iterable[str]) -> None:
        write_atomic(self.class_path, "".join(f"{student}\n" for student in students))

    def missing(self, assignment: str) -> list[str]:
        """Return who belongs to the class and has no result."""
        there = {student for student, _ in self._records.names(assignment)}
        return [student for student in self.class_list() or [] if student not in there]

    def grades(self, assignment: str) -> dict[str, Grades]:
        """Return what the gradebook says about each student's submission, sorted by student."""
        with one_sentence(self.path):
            return self.gradebook.grades(assignment)

    def handed_in(self, assignment: str) -> dict[str, datetime]:
        """Return when each student handed in, in UTC, as far as that is known."""
        with one_sentence(self.path):
            return self.gradebook.handed_in(assignment)

    def _circumstances(self, record: Record, times: dict, late: dict, corrected: dict) -> list[str]:
        """Return when a submission came, by how much it was late, and which parts a person corrected."""
        time = times[record.assignment].get(record.student)
        found = late[record.assignment].get(record.student)
        how = duration(found[0].late) if found and found[0].late else ""
        lines = corrected[record.assignment].get(record.student, [])
        return [
            time.isoformat(timespec="seconds") if time else "",
            how or record.late_mark,
            " ".join(line.part for line in lines),
        ]

    def write_csv(self) -> None:
        """Write grades.csv: a row a record and one for who handed in nothing, a column a graded cell."""
        with self._writing():
            records = self.records()
            assignments = sorted({record.assignment for record in records})
            points = {name: self.gradebook.points(name) for name in assignments}
            grades = {name: self.gradebook.grades(name) for name in assignments}
            cells = list(dict.fromkeys(cell for table in points.values() for cell in table))
            rows = [[
                "student", "assignment", "score", "late_penalty", "max_score", "status", "isolation",
                "message", "handed_in", "late", "corrected", "waiting", *cells,
            ]]  # fmt: skip
            times = {name: self.handed_in(name) for name in assignments}
            late = {name: self.lateness(name) for name in assignments}
            corrected = {name: self.corrections.standing(name) for name in assignments}
            for record in records:
                found = grades[record.assignment].get(record.student)
                found = found if record.status == "graded" else None
                scores = found.scores if found else {}
                rows.append([
                    record.student, record.assignment, found.total if found else None,
                    found.penalty if found else None, worth_of(record, points[record.assignment]),
                    "waiting" if found and found.waiting else record.status, record.isolation,
                    record.message, *self._circumstances(record, times, late, corrected),
                    " ".join(found.waiting) if found else "", *(scores.get(cell) for cell in cells),
                ])  # fmt: skip
            for name in assignments:
                worth = sum(points[name].values())
                for student in self.missing(name):
                    rows.append([student, name, None, None, worth, "missing"] + [""] * (len(rows[0]) - 6))
            write_atomic(self.csv, csv_text(rows))


def worth_of(record: Record, points: dict[str, float]) -> float:
    """Return the points of the version of the assignment that a submission was graded on.

    Where nobody noted them, `points`, those of the version that was registered last.
    """
    return sum(points.values()) if record.points is None else record.points


def aware(time: datetime | None) -> datetime | None:
    """Return a time that nbgrader noted, which is in UTC and does not say so, with its zone."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def key_cells(key: Key):
    """Return the assignment's cells as nbgrader noted them in the key."""
    from autograder.results.gradebook import Gradebook

    gradebook = Gradebook(key.gradebook, patience=1)
    try:
        return gradebook.cells(key.assignment)
    finally:
        gradebook.close()
