"""Keeps what was graded: the gradebook, the record of each submission, grades.csv.

A submission's record is removed before anything of it is stored, and written back last. So a run that is
killed leaves either a complete result or none, and the next run grades what has no record.
"""

import csv
import io
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat

from autograder.course import generate, surroundings
from autograder.errors import UserError
from autograder.feedback import feedback_page
from autograder.files import write_atomic
from autograder.key import Key
from autograder.outcome import Outcome
from autograder.submissions import Submission


@dataclass(frozen=True)
class Record:
    """What was graded from what."""

    student: str
    assignment: str
    submission: str  # hash of the student's files
    source: str  # hash of the assignment's files
    status: str
    message: str
    details: str = ""


class Results:
    """The folder that a grading run writes."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.gradebook = output / "gradebook.db"
        self.autograded = output / "autograded"
        self.feedback = output / "feedback"
        self.csv = output / "grades.csv"

    @property
    def db_url(self) -> str:
        """The gradebook's address for nbgrader."""
        return f"sqlite:///{self.gradebook}"

    @property
    def _records(self) -> Path:
        # nbgrader looks for students in this folder; it passes over a name with a dot.
        return self.autograded / ".records"

    def _record_path(self, student: str, assignment: str) -> Path:
        return self._records / assignment / f"{student}.json"

    def _page_path(self, student: str, assignment: str) -> Path:
        return self.feedback / student / assignment / f"{assignment}.html"

    def record(self, student: str, assignment: str) -> Record | None:
        """Return what an earlier run noted, or None if any of what it made is missing."""
        try:
            record = Record(**json.loads(self._record_path(student, assignment).read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return record if self.gradebook.exists() and self._page_path(student, assignment).exists() else None

    def records(self) -> list[Record]:
        """Return all records, sorted by assignment and student."""
        names = sorted((path.parent.name, path.stem) for path in self._records.glob("*/*.json"))
        found = [self.record(student, assignment) for assignment, student in names]
        return [record for record in found if record is not None]

    def register(self, source: Path, key: Key, work: Path) -> None:
        """Make the gradebook know the assignment as it is now.

        Raises
        ------
        UserError
            If students were graded on other cells than the assignment has now, or the gradebook is unusable.
        """
        if not self.gradebook.exists():
            # Records of a gradebook that is gone say nothing.
            shutil.rmtree(self._records, ignore_errors=True)
            # In one step: a gradebook that nbgrader was stopped from setting up is unusable.
            write_atomic(self.gradebook, key.gradebook.read_bytes())
            return
        try:
            generate(source, key.assignment, work, self.gradebook)
        except UserError as error:
            if "submissions associated with it" in str(error):
                raise UserError(
                    f"{self.gradebook} holds grades for other cells of {key.assignment!r} than it has, and "
                    "nbgrader cannot keep both; grade into another folder with --output, or move it away."
                ) from error
            reason = str(error.__cause__ or error).splitlines()[0]
            raise UserError(f"{self.gradebook} cannot be used: {reason}") from error

    def store(self, submission: Submission, outcome: Outcome, key: Key, digest: str, version: str) -> None:
        """Store one submission's result; a rerun after a kill anywhere in here stores it again.

        `digest` and `version` are the hashes of what was graded and of the assignment.
        """
        student, assignment = submission.student, submission.assignment
        path = self._record_path(student, assignment)
        path.unlink(missing_ok=True)
        scores, comments = self._store_grades(submission, outcome)
        notebook = self.autograded / student / assignment / f"{assignment}.ipynb"
        if outcome.notebook is None:
            notebook.unlink(missing_ok=True)
        else:
            write_atomic(notebook, nbformat.writes(outcome.notebook) + "\n")
        page = feedback_page(student, outcome, key, scores, comments)
        write_atomic(self._page_path(student, assignment), page)
        record = Record(
            student, assignment, digest, version, outcome.status, outcome.message, outcome.details
        )
        write_atomic(path, json.dumps(asdict(record), indent=1) + "\n")

    def _store_grades(
        self, submission: Submission, outcome: Outcome
    ) -> tuple[dict[str, float | None], dict[str, str | None]]:
        """Copy the scores into the gradebook by nbgrader's own rules; a person's grades and comments stay.

        Returns
        -------
        scores, comments : dict
            By grade id, as they stand in the gradebook; a score of None waits for a person.
        """
        from nbgrader.api import Gradebook

        student, assignment = submission.student, submission.assignment
        when = {} if outcome.timestamp is None else {"timestamp": outcome.timestamp}
        with surroundings(), Gradebook(self.db_url) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student, **when)
            submitted = gradebook.find_submission_notebook(assignment, assignment, student)
            for grade in submitted.grades:
                grade.auto_score = outcome.scores.get(grade.name)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            for comment in submitted.comments:
                comment.auto_comment = outcome.comments.get(comment.name)
            gradebook.db.commit()
            grades = submitted.grades
            waiting = {
                grade.name for grade in grades if grade.auto_score is None and grade.manual_score is None
            }
            scores = {grade.name: None if grade.name in waiting else grade.score for grade in grades}
            return scores, {comment.name: comment.comment for comment in submitted.comments}

    def scores(self, assignment: str) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        """Return the points of each graded cell, in the notebook's order, and each student's score in it."""
        from nbgrader.api import (
            Assignment,
            BaseCell,
            Grade,
            Gradebook,
            Notebook,
            Student,
            SubmittedAssignment,
            SubmittedNotebook,
        )

        with Gradebook(self.db_url) as gradebook:
            notebook = gradebook.find_notebook(assignment, assignment)
            points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
            points = {cell.name: points[cell.name] for cell in notebook.source_cells if cell.name in points}
            rows = (
                gradebook.db.query(Student.id, BaseCell.name, Grade.score)
                .select_from(Grade)
                .join(BaseCell, Grade.cell_id == BaseCell.id)
                .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
                .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
                .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
                .join(Student, SubmittedAssignment.student_id == Student.id)
                .filter(Assignment.name == assignment)
            )
            students: dict[str, dict[str, float]] = {}
            for student, cell, score in rows:
                students.setdefault(student, {})[cell] = score
        return points, students

    def write_csv(self) -> None:
        """Write grades.csv: one row a record, one column a graded cell; a failed submission has no scores."""
        records = self.records()
        tables = {name: self.scores(name) for name in sorted({record.assignment for record in records})}
        cells = list(dict.fromkeys(cell for points, _ in tables.values() for cell in points))
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["student", "assignment", "score", "max_score", "status", "message", *cells])
        for record in records:
            points, students = tables[record.assignment]
            scores = students.get(record.student, {}) if record.status == "graded" else {}
            writer.writerow([
                record.student, record.assignment,
                number(sum(scores.values())) if scores else "", number(sum(points.values())),
                record.status, record.message, *(number(scores.get(cell)) for cell in cells),
            ])  # fmt: skip
        write_atomic(self.csv, file.getvalue())


def number(value: float | None) -> str:
    """Format a score without loss: 2 rather than 2.0, an empty field for none."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
