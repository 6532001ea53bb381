"""Writes what readers get of the standings: the site's page, a table as CSV, all values as JSON."""

import json
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.files import write_atomic
from autograder.leaderboard.pareto import svg
from autograder.spreadsheet import csv_text

PAGE, VALUES, TABLE = "leaderboard.md", "_static/leaderboard.json", "_static/leaderboard.csv"
COLUMNS = (
    "board", "rank", "tier", "kind", "name", "parameters", "public_accuracy", "public_low", "public_high",
    "private_accuracy", "private_low", "private_high", "date", "source", "note",
)  # fmt: skip


def write(standings: dict[str, Any], folder: Path) -> None:
    """Write the page and the two files that it offers below `folder`, usually `book/`."""
    (folder / VALUES).parent.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / VALUES, json.dumps(standings, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    write_atomic(folder / TABLE, table(standings))
    write_atomic(folder / PAGE, page(standings))


def page(standings: dict[str, Any]) -> str:
    """Return the page in MyST; whatever a name holds, it is text on it."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=lambda value: value if isinstance(value, Markup) else harmless(value),
    )
    budgets = [board["budget"] for board in standings["boards"]]
    drawing = Markup(svg(standings["points"], budgets).replace("`", "&#96;"))
    keys = sorted({point["source"]["key"] for point in standings["points"] if point["source"]})
    teams = len(standings["teams"])
    return environment.get_template("page.md.j2").render(
        **standings, budgets=budgets, plot=drawing, keys=keys, team_count=teams
    )


def harmless(value: Any) -> Any:
    """Escape text for HTML that stands in Markdown, where a backtick could end the block that holds it."""
    return Markup(escape(value).replace("`", "&#96;")) if isinstance(value, str) else value


def table(standings: dict[str, Any]) -> str:
    """Return all boards as CSV."""
    rows: list[tuple] = [COLUMNS]
    for board in standings["boards"]:
        for entry in board["entries"]:
            scores = [
                (entry[part] or {}).get(value)
                for part in ("public", "private")
                for value in ("accuracy", "low", "high")
            ]
            rows.append(
                (
                    board["budget"], entry["rank"], entry["tier"], entry["kind"], entry["name"],
                    entry["parameters"], *scores, entry["time"][:10], (entry["source"] or {}).get("text", ""),
                    entry["note"],
                )
            )  # fmt: skip
    return csv_text(rows)
