"""The class list: tells from what a platform calls a student how the gradebook calls him."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError

COLUMNS = ("student", "name", "email", "canvas_id", "canvas_name", "moodle_id", "gradescope_id")
# Windows keeps these names for devices, with any ending.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)


@dataclass(frozen=True)
class Table:
    """A roster as it stands: a class list, or what a platform exported."""

    header: list[str]
    rows: list[list[str]]
    separator: str = ","

    def column(self, name: str) -> int | None:
        """Return where a column is; capitals, and whether words are joined by `_`, make no difference."""
        titles = [title.strip().casefold().replace(" ", "_") for title in self.header]
        wanted = name.casefold().replace(" ", "_")
        return titles.index(wanted) if wanted in titles else None


@dataclass(frozen=True)
class Roster:
    """The students, for each column of the class list whom a value can mean, and the rows as they stand."""

    students: list[str]
    values: dict[str, dict[str, set[str]]]
    rows: list[dict[str, str]]

    def find(self, clues: list[tuple[str, str]]) -> str | None:
        """Return the only student whom a clue (column, value) means; the first clue that tells decides."""
        for column, value in clues:
            if column == "student" and value in self.students:
                return value
            found = self.values[column].get(letters(value), set()) if letters(value) else set()
            if len(found) == 1:
                return next(iter(found))
        return None

    def mentioned(self, texts: list[str]) -> int:
        """Count the texts in which somebody's name occurs."""
        names = [name for column in ("name", "canvas_name") for name in self.values[column] if len(name) > 1]
        return sum(any(name in text for name in names) for text in map(letters, texts))


def read_roster(path: Path) -> Roster:
    """Read a class list: CSV with a column `student` (or `id`), and any of the others in `COLUMNS`.

    Raises
    ------
    UserError
        If it cannot be read, has no such column, or names a student twice or in letters unfit for a folder.
    """
    table = read_table(path)
    columns = [title.strip().lower().replace(" ", "_") for title in table.header]
    if not {"student", "id"} & set(columns):
        first = table.separator.join(table.header)
        raise UserError(f"The roster {path} has no column 'student'; its first line is {first!r}.")
    students: list[str] = []
    kept: list[dict[str, str]] = []
    values: dict[str, dict[str, set[str]]] = {column: defaultdict(set) for column in COLUMNS}
    for number, cells in enumerate(table.rows, start=2):
        row = dict(zip(columns, map(str.strip, cells), strict=True))
        student = row.get("student") or row.get("id") or ""
        if not student:
            continue
        if safe_name(student) != student:
            raise UserError(
                f"Line {number} of the roster {path}: the id {student!r} cannot be a folder's name; "
                "use letters, digits and . _ @ + -"
            )
        if folded(student) in {folded(known) for known in students}:
            raise UserError(f"Line {number} of the roster {path} names {student} again.")
        students.append(student)
        kept.append(row | {"student": student})
        values["student"][letters(student)].add(student)
        for column in COLUMNS[1:]:
            for value in rotations(row.get(column, "")) if column == "name" else [row.get(column, "")]:
                if letters(value):
                    values[column][letters(value)].add(student)
    return Roster(students, values, kept)


def read_table(path: Path) -> Table:
    """Read a roster as it stands, whatever its columns; raise `UserError` if it is no CSV file."""
    try:
        # Excel and Moodle put a mark before the text; some programs write semicolons.
        text = path.read_text(encoding="utf-8-sig")
        separator = max(",;\t", key=text.partition("\n")[0].count)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"The roster {path} cannot be read as CSV in UTF-8 ({error}).") from error
    header, *rows = [line for line in lines if any(cell.strip() for cell in line)] or [[]]
    return Table(header, [(row + [""] * len(header))[: len(header)] for row in rows], separator)


def rotations(name: str) -> list[str]:
    """Return a name beginning with each of its words: platforms write "Jane Doe" or "Doe, Jane"."""
    words = name.replace(",", " ").split()
    return [" ".join(words[i:] + words[:i]) for i in range(len(words))]


def letters(text: str) -> str:
    """Return the letters and digits of a text, without accents and case: what survives every platform."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def folded(name: str) -> str:
    """Return a name as a file system compares it that tells neither capitals nor composed letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def safe_name(key: str) -> str:
    """Return `key` as a folder's name that is safe on every system, or an empty text if nothing is left."""
    name = re.sub(r"[^\w.@+-]+", "_", unicodedata.normalize("NFC", key)).strip("._-")
    return "" if RESERVED.fullmatch(name) or len(name.encode()) > 120 else name
