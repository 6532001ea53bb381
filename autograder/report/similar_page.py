"""The page and the table of who shares code."""

from __future__ import annotations

from pathlib import Path

import jinja2
from markupsafe import Markup

from autograder.report.page import STYLE
from autograder.report.similarity import SHORTEST, Comparison, by_task, most_often
from autograder.spreadsheet import csv_text

TEMPLATE = Path(__file__).with_name("similar.html.j2")
IN_FULL = 40  # pairs whose code stands on the page


def page(assignment: str, comparison: Comparison, percent: int) -> str:
    """Return the page as HTML."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = lambda value: f"{100 * value:.0f}%"
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        assignment=assignment,
        style=Markup(STYLE.read_text(encoding="utf-8")),
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
