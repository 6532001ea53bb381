"""A class's results on one assignment, read from what grading stored, one notebook at a time."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat

from autograder.outcome import Grades
from autograder.pages.feedback import heading, name_of, plain
from autograder.report.mistakes import UNANSWERED, mistakes
from autograder.results.folder import Results
from autograder.source import is_test, metadata

TO_READ = "To read: "


@dataclass(frozen=True)
class Test:
    """A graded cell of the assignment."""

    name: str
    part: str  # the heading it stands under
    hidden: bool
    by_person: bool
    points: float


@dataclass
class Student:
    """What there is of one student."""

    name: str
    status: str = "missing"  # or "graded", "failed"
    grades: Grades = field(default_factory=lambda: Grades({}, {}))
    handed_in: datetime | None = None
    to_read: str = ""
    repaired: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)  # by a person, each with its reason
    late: str = ""
    message: str = ""
    mistakes: dict[str, list[str]] = field(default_factory=dict)  # by test
    unanswered: int = 0  # visible tests without an answer

    @property
    def waiting(self) -> list[str]:
        """The cells that wait for a person."""
        return self.grades.waiting

    @property
    def graded(self) -> bool:
        """Whether there is a score."""
        return self.status == "graded"


@dataclass
class ClassResults:
    """A class and an assignment."""

    assignment: str
    title: str
    tests: list[Test]
    students: list[Student]

    @property
    def points(self) -> float:
        """What can be reached."""
        return sum(test.points for test in self.tests)

    @property
    def graded(self) -> list[Student]:
        """Those who have a score."""
        return [student for student in self.students if student.graded]

    def by_mistake(self) -> list[tuple[str, str, list[str]]]:
        """Each mistake as (test, words, students), the most frequent first."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for student in self.graded:
            for test, words in student.mistakes.items():
                for each in words:
                    found[test, each].append(student.name)
        rows = [(test, words, names) for (test, words), names in found.items() if words != UNANSWERED]
        return sorted(rows, key=lambda row: (-len(row[2]), row[0], row[1]))


def read_class(results: Results, source: Path, assignment: str, roster: list[str] | None) -> ClassResults:
    """Read what a class has done.

    Parameters
    ----------
    results : Results
    source : Path
        The folder of all assignments with solutions.
    assignment : str
    roster : list of str, optional
        Who belongs to the class; who has no result is counted as missing then.

    Raises
    ------
    UserError
        If nothing was graded.
    """
    records = results.graded_records(assignment)
    title, tests = read_tests(source, assignment)
    points = results.gradebook.points(assignment)
    tests = [test for test in tests if points.get(test.name) != 0]  # an answer in words that does not count
    grades = results.grades(assignment)
    times = results.handed_in(assignment)
    late, corrections = results.lateness(assignment), results.corrections.standing(assignment)
    students = {name: Student(name) for name in roster or []}
    for record in records:
        student = students.setdefault(record.student, Student(record.student))
        student.status, student.message = record.status, plain(record.message)
        student.handed_in = times.get(record.student)
        found = late.get(record.student)
        student.late = (found[1] if found else "") or plain(record.late_mark)
        student.corrected = [
            f"{line.part} has {line.points} points: {plain(line.why)}"
            for line in corrections.get(record.student, [])
        ]
        student.to_read = next((note for note in record.notes if note.startswith(TO_READ)), "")
        student.repaired = [plain(note) for note in record.notes if not note.startswith(TO_READ)]
        if record.status == "graded":
            student.grades = grades.get(record.student) or Grades({}, {})
            read_notebook(results.notebook_path(record.student, assignment), tests, student)
    return ClassResults(assignment, title, tests, sorted(students.values(), key=lambda each: each.name))


def read_tests(source: Path, assignment: str) -> tuple[str, list[Test]]:
    """Return the assignment's title and its graded cells, in their order."""
    notebook = nbformat.read(source / assignment / f"{assignment}.ipynb", as_version=4)
    title, part, tests = "", "", []
    for cell in notebook.cells:
        found = heading(cell.source) if cell.cell_type == "markdown" else ""
        if found:
            title, part = title or found, found
        if metadata(cell).get("grade") or metadata(cell).get("task"):
            name = name_of(cell)
            hidden = is_test(cell) and "BEGIN HIDDEN TESTS" in cell.source
            tests.append(Test(name, part, hidden, not is_test(cell), float(metadata(cell)["points"])))
    return title or assignment, tests


def read_notebook(path: Path, tests: list[Test], student: Student) -> None:
    """Note in `student` what the visible tests found in an executed notebook."""
    visible = {test.name for test in tests if not test.hidden and not test.by_person}
    for cell in nbformat.read(path, as_version=4).cells:
        if name_of(cell) in visible and (found := mistakes(cell)):
            student.mistakes[short(name_of(cell))] = found
            student.unanswered += UNANSWERED in found


def short(test: str) -> str:
    """A test's name without its ending."""
    return re.sub(r"-(visible|hidden)$", "", test)
