"""The report on a term: every student's scores on all assignments, and who is missing where."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.errors import UserError
from autograder.policy import Policy
from autograder.report import pictures
from autograder.report.rendering import render
from autograder.report.statistics import quartiles
from autograder.results.folder import Results, worth_of
from autograder.spreadsheet import csv_text


@dataclass(frozen=True)
class Term:
    """A class and all assignments that were graded."""

    points: dict[str, float]  # by assignment, in the order of their names
    scores: dict[str, dict[str, float | None]]  # by student and assignment; None could not be graded
    totals: dict[str, float]  # by student, in percent
    rules: str  # how the percentages are made

    def missing(self, student: str) -> list[str]:
        """The assignments of which there is nothing from a student."""
        return [name for name in self.points if name not in self.scores[student]]


def read_term(
    results: Results,
    roster: list[str] | None,
    policy: Policy,
) -> Term:
    """Read all scores.

    Parameters
    ----------
    results : Results
    roster : list of str, optional
        The class; without it, everybody who handed in something.
    policy : Policy
        Its weights, and how many of each student's lowest assignments do not count; one that was not handed
        in has 0 percent.

    Raises
    ------
    UserError
        If nothing was graded.
    """
    records = results.records()
    if not records:
        raise UserError(f"{results.output} holds no grades yet; first: python -m autograder grade ASSIGNMENT")
    names = sorted({record.assignment for record in records})
    of = {name: results.gradebook.points(name) for name in names}
    points = {name: sum(cells.values()) for name, cells in of.items()}
    grades = {name: results.grades(name) for name in names}
    scores: dict[str, dict[str, float | None]] = {student: {} for student in roster or []}
    worths: dict[str, dict[str, float]] = {}  # of what each student was graded on
    for record in records:
        worths.setdefault(record.student, {})[record.assignment] = worth_of(record, of[record.assignment])
        found = grades[record.assignment].get(record.student) if record.status == "graded" else None
        scores.setdefault(record.student, {})[record.assignment] = None if found is None else found.total
    rules = (policy.weights, policy.drop_lowest)
    totals = {
        student: total(mine, points | worths.get(student, {}), *rules) for student, mine in scores.items()
    }
    weighted = ", ".join(f"{name} {policy.weights.get(name, 1):g}" for name in names)
    dropped = f", without each student's {policy.drop_lowest} lowest" if policy.drop_lowest else ""
    return Term(points, dict(sorted(scores.items())), totals, f"Weights: {weighted}{dropped}.")


def total(
    mine: dict[str, float | None], points: dict[str, float], weights: dict[str, float], drop_lowest: int
) -> float:
    """Return the weighted mean of a student's percentages, without the lowest ones."""
    shares = [
        (100 * (mine.get(name) or 0.0) / worth, weights.get(name, 1.0))
        for name, worth in points.items()
        if worth
    ]
    kept = sorted(shares)[min(drop_lowest, len(shares) - 1) :]
    weight = sum(weight for _, weight in kept)
    return sum(share * weight for share, weight in kept) / weight if weight else 0.0


def page(term: Term, *, anonymous: bool = False) -> str:
    """Return the page as HTML; without names if `anonymous`."""
    rows = []
    for name, worth in term.points.items():
        scores = [mine[name] for mine in term.scores.values() if mine.get(name) is not None]
        missing = sum(name not in mine for mine in term.scores.values())
        failed = sum(name in mine and mine[name] is None for mine in term.scores.values())
        rows.append((name, worth, len(scores), missing, failed, quartiles(scores) if scores else None))
    totals = list(term.totals.values())
    return render(
        "term.html.j2",
        term=term,
        anonymous=anonymous,
        rows=rows,
        picture=pictures.distribution(totals, 100) if totals else "",
    )


def table(term: Term) -> str:
    """Return a row a student as CSV."""
    rows: list[list[object]] = [["student", *term.points, "percent", "missing"]]
    for student, mine in term.scores.items():
        scores = [mine.get(name) for name in term.points]
        rows.append([student, *scores, round(term.totals[student], 2), " ".join(term.missing(student))])
    return csv_text(rows)
