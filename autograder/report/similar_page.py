"""The page and the table of who shares code."""

from __future__ import annotations

from autograder.report.rendering import render
from autograder.report.similarity import SHORTEST, Comparison, by_task, most_often
from autograder.spreadsheet import csv_text

IN_FULL = 40  # pairs whose code stands on the page


def page(assignment: str, comparison: Comparison, percent: int) -> str:
    """Return the page as HTML."""
    return render(
        "similar.html.j2",
        assignment=assignment,
        comparison=comparison,
        percent=percent,
        shortest=SHORTEST,
        often=most_often(comparison.pairs),
        in_full=[(pair, by_task(comparison, pair)) for pair in comparison.pairs[:IN_FULL]],
    )


def table(comparison: Comparison) -> str:
    """Return a row a pair as CSV."""
    rows: list[list[object]] = [
        ["first", "second", "similarity", "of_first", "of_second", "tasks_with_shared_code"]
    ]
    for pair in comparison.pairs:
        numbers = [round(value, 4) for value in (pair.similarity, *pair.shares)]
        tasks = " ".join(task for task, _ in by_task(comparison, pair))
        rows.append([*pair.names, *numbers, tasks])
    return csv_text(rows)
