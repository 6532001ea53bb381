"""The report on one assignment: a page that needs no other file, and a table for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from autograder.report import pictures
from autograder.report.reading import ClassResults, Student, short
from autograder.report.rendering import render
from autograder.report.sections import Section, section_of
from autograder.report.statistics import quartiles, statistics
from autograder.spreadsheet import csv_text

NEEDS_HELP = 0.5  # of the points; who has less is listed
MOST = 200  # rows of any table of students


@dataclass(frozen=True)
class Mistake:
    """What some students did wrong."""

    test: str
    words: str
    students: list[str]
    section: Section | None


@dataclass(frozen=True)
class Help:
    """A student to talk to, and why."""

    student: str
    score: float | None
    reasons: list[str]


def needs_help(results: ClassResults) -> list[Help]:
    """Return who needs somebody: nothing handed in, not gradable, or less than half of the points."""
    found = []
    for student in results.students:
        if student.status == "missing":
            found.append(Help(student.name, None, ["nothing handed in"]))
        elif student.status == "failed":
            found.append(Help(student.name, None, [f"could not be graded: {student.message}"]))
        elif student.grades.total < NEEDS_HELP * results.points:
            reasons = [f"{student.unanswered} tasks without an answer"] if student.unanswered else []
            reasons += [f"{test}: {words[0]}" for test, words in list(student.mistakes.items())[:3]]
            found.append(
                Help(student.name, student.grades.total, reasons or ["less than half of the points"])
            )
    order = {student.name: place for place, student in enumerate(results.students)}
    return sorted(found, key=lambda each: (each.score is not None, each.score or 0.0, order[each.student]))


def page(
    results: ClassResults,
    sections: dict[str, Section],
    *,
    due: datetime | None = None,
    anonymous: bool = False,
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    results : ClassResults
    sections : dict of str to Section
        Where the book explains what a part or a test asks for.
    due : datetime, optional
        When it had to be handed in.
    anonymous : bool
        Leave out whatever is about a single student, for showing in class.
    """
    graded = results.graded
    scores = [student.grades.total for student in graded]
    found = statistics(results)
    times = [student.handed_in for student in graded if student.handed_in is not None]
    return render(
        "report.html.j2",
        results=results,
        anonymous=anonymous,
        counts={
            status: sum(student.status == status for student in results.students)
            for status in ("graded", "failed", "missing")
        },
        quartiles=quartiles(scores) if scores else None,
        mean=sum(scores) / len(scores) if scores else None,
        distribution=pictures.distribution(scores, results.points) if scores else "",
        tests=found,
        parts=pictures.parts(found) if graded else "",
        mistakes=[
            Mistake(test, words, names, section_of(test, sections))
            for test, words, names in results.by_mistake()
        ],
        hand_ins=pictures.hand_ins(times, due) if len(times) > 1 else "",
        late=[student for student in graded if student.late],
        due=due,
        help=needs_help(results),
        to_read=[student for student in graded if student.to_read],
        corrected=[student for student in graded if student.corrected],
        repaired=[student for student in graded if student.repaired],
        failed=[student for student in results.students if student.status == "failed"],
        waiting=[student for student in graded if student.waiting],
        most=MOST,
    )


def table(results: ClassResults) -> str:
    """Return a row a student as CSV: score, state, what to read, and the mistakes by test."""
    tests = list(dict.fromkeys(short(test.name) for test in results.tests if not test.by_person))
    rows: list[list[object]] = [
        [
            *(
                "student",
                "status",
                "score",
                "penalty",
                "handed_in",
                "late",
                "corrected",
                "waiting",
                "to_read",
                "repaired",
            ),
            *tests,
        ]
    ]
    for student in results.students:
        rows.append(_row(student, tests))
    return csv_text(rows)


def _row(student: Student, tests: list[str]) -> list[object]:
    grades = student.grades
    return [
        student.name,
        student.status,
        grades.total if student.graded else None,
        grades.penalty if student.graded else None,
        student.handed_in.isoformat() if student.handed_in else "",
        student.late,
        "; ".join(student.corrected),
        " ".join(student.waiting),
        student.to_read,
        "; ".join(student.repaired),
        *("; ".join(student.mistakes.get(test, [])) for test in tests),
    ]
