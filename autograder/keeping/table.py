"""Writing CSV that a spreadsheet shows as it is."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a cell of text must not start with, or a spreadsheet computes it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV: numbers without loss, an empty field for None, text guarded by `guarded`."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else number(cell) for cell in row])
    return file.getvalue()


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would compute."""
    return f"'{text}" if text.startswith(FORMULA) else text


def number(value: float | None) -> str:
    """Format a score without loss: 2 rather than 2.0, an empty field for none."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
