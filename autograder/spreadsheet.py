"""Writing CSV that a spreadsheet shows as it is."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# What a cell of text must not start with, or a spreadsheet computes it; some take the wide forms, too.
FORMULA = r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]"
# Where a cell begins: at the start of a field, and inside of it where a spreadsheet splits at another
# separator (it then takes no notice of our quotes). Spaces and quotes before a formula may be dropped.
BEGINNING = re.compile(rf'(^|[;|\t\r\n])(?=[\s"]*{FORMULA})|(,)(?="*{FORMULA})')


def csv_text(rows: Iterable[Sequence[object]], separator: str = ",", point: str = ".") -> str:
    """Return rows as CSV: numbers without loss, an empty field for None, text guarded by `guarded`.

    Parameters
    ----------
    rows : iterable of sequences
    separator, point : str
        Between fields, and in numbers.
    """
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\n")
    for row in rows:
        writer.writerow(
            [guarded(cell) if isinstance(cell, str) else number(cell).replace(".", point) for cell in row]
        )
    return file.getvalue()


def guarded(text: str) -> str:
    """Put an apostrophe wherever a spreadsheet, in any country, would begin to compute what follows."""
    return BEGINNING.sub(r"\g<0>'", text)


def number(value: float | None) -> str:
    """Format a score: 2 rather than 2.0, 0.6 rather than 0.6000000000000001, an empty field for none."""
    if value is None:
        return ""
    rounded = round(float(value), 9)
    return str(int(rounded)) if rounded.is_integer() else repr(rounded)
