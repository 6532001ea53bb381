"""The course's gradebook: nbgrader's tables, written in one short transaction a submission.

nbgrader's own functions open the file anew and commit after each step, so a kill leaves halves behind. Here
its models and its rules are used, but every step is all or nothing.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import URL, Engine, Select, create_engine, event, select, text
from sqlalchemy.orm import Session

from autograder.course import config, surroundings
from autograder.errors import UserError
from autograder.outcome import Grades, Outcome
from autograder.results.gradebook_cells import Cells, graded_cells, read_cells, write_cells

StudentId = SubmittedAssignment.student_id


class Gradebook:
    """A gradebook file of nbgrader, opened when it is first needed.

    Parameters
    ----------
    path : Path
    patience : float
        How many seconds to wait while another program has the file locked.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        self.patience = patience

    @cached_property
    def _engine(self) -> Engine:
        address = URL.create("sqlite", database=str(self.path))
        engine = create_engine(address, connect_args={"timeout": self.patience})

        @event.listens_for(engine, "connect")
        def last(connection: object, _: object) -> None:
            # By default SQLite may take back a commit when the power fails; a record would then be wrong.
            connection.execute("PRAGMA synchronous=EXTRA")

        return engine

    @cached_property
    def _penalties(self) -> AssignLatePenalties:
        penalties = AssignLatePenalties(config=config())
        penalties.init_plugin()
        return penalties

    def close(self) -> None:
        """Let go of the file; it is opened again when needed."""
        if "_engine" in self.__dict__:
            self._engine.dispose()
            del self._engine

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing; nobody else can write meanwhile."""
        try:
            with surroundings(), Session(self._engine) as session:
                # Not when the first row is written: what is read before that could be outdated by then.
                session.execute(text("BEGIN IMMEDIATE"))
                yield session
                session.commit()
        except BaseException:
            # After a commit that failed, SQLAlchemy keeps the connection, and with it the gradebook locked.
            self.close()
            raise

    def cells(self, assignment: str) -> Cells | None:
        """Return the cells of an assignment, None if the gradebook does not know it."""
        with surroundings(), Session(self._engine) as session:
            notebook = find_notebook(session, assignment)
            return None if notebook is None else read_cells(session, notebook)

    def register(self, assignment: str, cells: Cells) -> None:
        """Make the gradebook know the assignment with these cells.

        Raises
        ------
        UserError
            If students have grades for other cells.
        """
        known = self.cells(assignment)
        if known is not None and known.same(cells):
            return
        with self.transaction() as session:
            notebook = find_notebook(session, assignment)
            if notebook is None:
                made = session.scalar(select(Assignment).where(Assignment.name == assignment))
                made = made or Assignment(assignment)
                notebook = Notebook(name=assignment, assignment=made)
                session.add_all([made, notebook])
                session.flush()
            elif self._graded(session, notebook) and read_cells(session, notebook).names() != cells.names():
                raise UserError(
                    f"{self.path} holds grades for other cells of {assignment!r} than it has now; "
                    f"`python -m autograder regrade {assignment}` keeps every person's grades and comments, "
                    "and grades all submissions again."
                )
            write_cells(session, notebook, cells)
            self._mark_waiting(session, notebook)

    def _mark_waiting(self, session: Session, notebook: Notebook) -> None:
        """Let formgrader list what waits for a person, after a cell's points became 0 or more than that."""
        rows = select(Grade, GradeCell.max_score).join(GradeCell, Grade.cell_id == GradeCell.id)
        for grade, worth in session.execute(rows.where(GradeCell.notebook_id == notebook.id)):
            unknown = grade.auto_score is None and grade.manual_score is None
            grade.needs_manual_grade = bool(worth) and (grade.needs_manual_grade or unknown)

    def _graded(self, session: Session, notebook: Notebook) -> bool:
        query = select(SubmittedNotebook.id).where(SubmittedNotebook.notebook_id == notebook.id).limit(1)
        return session.scalar(query) is not None

    def store(self, student: str, assignment: str, outcome: Outcome, penalty: float | None = None) -> Grades:
        """Write a submission's scores by nbgrader's rules; a person's grades and comments stay.

        `penalty` are points for being late; None leaves it to nbgrader's own plug-in.
        """
        with self.transaction() as session:
            sheet = find_sheet(session, student, assignment)
            if sheet is None:
                sheet = add_sheet(session, student, assignment)
                grades, comments = add_rows(session, sheet)
            else:
                grades, comments = rows_of(session, sheet)
            if outcome.timestamp is not None:
                sheet.assignment.timestamp = parse_utc(outcome.timestamp)
            nothing = worthless(session, sheet.notebook_id)
            for name, grade in grades.items():
                grade.auto_score = outcome.scores.get(name)
                unsure = grade.manual_score is not None or grade.auto_score is None
                grade.needs_manual_grade = unsure and name not in nothing
            for name, comment in comments.items():
                comment.auto_comment = outcome.comments.get(name)
            sheet.late_submission_penalty = None
            stored = as_grades(sheet, grades, comments, nothing)
            if penalty is not None:
                sheet.late_submission_penalty = min(penalty, stored.total)
                return as_grades(sheet, grades, comments, nothing)
            submitted = sheet.assignment
            # nbgrader stumbles over an extension of no date.
            late = submitted.total_seconds_late if submitted.assignment.duedate else 0
            if late > 0:
                penalty = self._penalties.plugin_inst.late_submission_penalty(student, stored.total, late)
                if penalty is not None:
                    sheet.late_submission_penalty = min(max(penalty, 0.0), stored.total)
                stored = as_grades(sheet, grades, comments, nothing)
            return stored

    def points(self, assignment: str) -> dict[str, float]:
        """Return the points of each graded cell, in the notebook's order."""
        cells = self.cells(assignment)
        return {} if cells is None else cells.points()

    def grades(self, assignment: str) -> dict[str, Grades]:
        """Return what the gradebook says about each student's submission, sorted by student."""
        with surroundings(), Session(self._engine) as session:
            notebook = find_notebook(session, assignment)
            nothing = set() if notebook is None else worthless(session, notebook.id)
            penalty = SubmittedNotebook.late_submission_penalty
            found = {
                student: Grades({}, {}, penalty or 0.0)
                for student, penalty in session.execute(of_assignment(select(StudentId, penalty), assignment))
            }
            for kind, values in (
                (Grade, (Grade.auto_score, Grade.manual_score, Grade.extra_credit)),
                (Comment, (Comment.auto_comment, Comment.manual_comment)),
            ):
                query = of_assignment(select(StudentId, BaseCell.name, *values), assignment)
                query = query.join(kind, kind.notebook_id == SubmittedNotebook.id)
                query = query.join(BaseCell, kind.cell_id == BaseCell.id)
                for student, name, *row in session.execute(query):
                    if kind is Grade:
                        found[student].scores[name] = 0.0 if name in nothing else final_score(*row)
                    else:
                        found[student].comments[name] = row[0] if row[1] is None else row[1]
        return dict(sorted(found.items()))

    def set_penalties(self, assignment: str, penalties: dict[str, float]) -> list[str]:
        """Set the points for being late, at most the score; return the students for whom they changed."""
        changed = []
        with self.transaction() as session:
            for student, penalty in penalties.items():
                sheet = find_sheet(session, student, assignment)
                if sheet is None:
                    continue
                before = sheet.late_submission_penalty or 0.0
                sheet.late_submission_penalty = None
                rows = rows_of(session, sheet)
                total = as_grades(sheet, *rows, worthless(session, sheet.notebook_id)).total
                sheet.late_submission_penalty = min(penalty, total)
                if sheet.late_submission_penalty != before:
                    changed.append(student)
        return changed

    def correct(self, student: str, assignment: str, scores: dict[str, float | None]) -> bool:
        """Write a person's scores of some cells, None to take them back; return whether anything changed."""
        with self.transaction() as session:
            sheet = find_sheet(session, student, assignment)
            if sheet is None:
                return False
            grades, _ = rows_of(session, sheet)
            changed = False
            for name, score in scores.items():
                grade = grades.get(name)
                if grade is not None and grade.manual_score != score:
                    grade.manual_score, changed = score, True
                    grade.needs_manual_grade = score is None and grade.auto_score is None
            return changed

    def grade_by_hand(
        self, assignment: str, cell: str, given: dict[str, tuple[float | None, str | None]]
    ) -> None:
        """Write a person's points and comments on one cell, by student; None leaves what is there."""
        with self.transaction() as session:
            for student, (points, comment) in given.items():
                grades, comments = rows_of(session, find_sheet(session, student, assignment))
                if points is not None:
                    grades[cell].manual_score = points
                    grades[cell].needs_manual_grade = False
                if comment is not None:
                    comments[cell].manual_comment = comment

    def handed_in(self, assignment: str) -> dict[str, datetime]:
        """Return when each student handed in, in UTC, as far as that is known."""
        with surroundings(), Session(self._engine) as session:
            query = of_assignment(select(StudentId, SubmittedAssignment.timestamp), assignment)
            return {
                student: time.replace(tzinfo=UTC)
                for student, time in session.execute(query)
                if time is not None
            }

    def students(self) -> dict[str, Student]:
        """Return everybody whom the gradebook knows, by id."""
        with surroundings(), Session(self._engine, expire_on_commit=False) as session:
            return {student.id: student for student in session.scalars(select(Student).order_by(Student.id))}


def find_notebook(session: Session, assignment: str) -> Notebook | None:
    """Return the only notebook of an assignment."""
    return session.scalar(
        select(Notebook)
        .join(Assignment, Notebook.assignment_id == Assignment.id)
        .where(Assignment.name == assignment, Notebook.name == assignment)
    )


def of_assignment(query: Select, assignment: str) -> Select:
    """Let a query for submitted notebooks find those of one assignment, with what they belong to."""
    return (
        query.select_from(SubmittedNotebook)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment, Notebook.name == assignment)
    )


def find_sheet(session: Session, student: str, assignment: str) -> SubmittedNotebook | None:
    """Return what holds the grades of one submission."""
    return session.scalar(of_assignment(select(SubmittedNotebook), assignment).where(StudentId == student))


def add_sheet(session: Session, student: str, assignment: str) -> SubmittedNotebook:
    """Make a student's submission, without grades and comments."""
    notebook = find_notebook(session, assignment)
    if notebook is None:
        raise UserError(f"The gradebook does not know {assignment!r} any more; run the same command again.")
    person, submitted = session.get(Student, student), None
    if person is None:
        person = Student(id=student)
    else:
        query = select(SubmittedAssignment).where(
            SubmittedAssignment.assignment_id == notebook.assignment_id,
            SubmittedAssignment.student_id == student,
        )
        submitted = session.scalar(query)
    if submitted is None:
        submitted = SubmittedAssignment(assignment=notebook.assignment, student=person)
        session.add(submitted)  # and the student with it
    sheet = SubmittedNotebook(notebook=notebook, assignment=submitted)
    session.add(sheet)
    session.flush()
    return sheet


Rows = tuple[dict[str, Grade], dict[str, Comment]]  # of one submission, by grade id


def add_rows(session: Session, sheet: SubmittedNotebook) -> Rows:
    """Add an empty grade and comment for each cell that has one, and return them."""
    graded, commented = graded_cells(session, sheet.notebook_id)
    grades = {name: Grade(cell_id=cell, notebook_id=sheet.id) for cell, name in graded}
    comments = {name: Comment(cell_id=cell, notebook_id=sheet.id) for cell, name in commented}
    session.add_all([*grades.values(), *comments.values()])
    return grades, comments


def rows_of(session: Session, sheet: SubmittedNotebook) -> Rows:
    """Return the grades and the comments of one submission."""
    names = dict(
        session.execute(
            select(BaseCell.id, BaseCell.name).where(BaseCell.notebook_id == sheet.notebook_id)
        ).all()
    )
    rows = []
    for kind in (Grade, Comment):
        # nbgrader's index begins with the cell: without the cells, everybody's rows would be read.
        query = select(kind).where(kind.cell_id.in_(list(names)), kind.notebook_id == sheet.id)
        rows.append({names[row.cell_id]: row for row in session.scalars(query)})
    return rows[0], rows[1]


def worthless(session: Session, notebook_id: str) -> set[str]:
    """Return the graded cells of 0 points: they have a score of 0 and wait for nobody."""
    query = select(GradeCell.name).where(GradeCell.notebook_id == notebook_id, GradeCell.max_score == 0)
    return set(session.scalars(query))


def as_grades(
    sheet: SubmittedNotebook, grades: dict[str, Grade], comments: dict[str, Comment], nothing: set[str]
) -> Grades:
    """Read the rows of one submission, as they are before they are written, too.

    `nothing` are the cells of 0 points.
    """
    return Grades(
        {
            name: 0.0 if name in nothing else final_score(row.auto_score, row.manual_score, row.extra_credit)
            for name, row in grades.items()
        },
        {
            name: row.auto_comment if row.manual_comment is None else row.manual_comment
            for name, row in comments.items()
        },
        sheet.late_submission_penalty or 0.0,
    )


def final_score(auto: float | None, manual: float | None, extra: float | None) -> float | None:
    """Return the score that counts: a person's goes first; None while there is neither."""
    score = auto if manual is None else manual
    return None if score is None else score + (extra or 0.0)
