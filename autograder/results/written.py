"""The answers in words of an assignment: as a table, and what a person writes into it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UserError
from autograder.results.folder import Results
from autograder.source import WRITTEN
from autograder.spreadsheet import csv_text, guarded, number

COLUMNS = ("student", "answer", "points", "comment")
LONGEST = 5000  # characters of a comment
NO_ANSWER = "No response."  # nbgrader's comment on an answer that was left as handed out


@dataclass(frozen=True)
class Answer:
    """What a student wrote, and what a person has said about it so far."""

    text: str  # empty if it was left as handed out
    points: float | None
    comment: str

    @property
    def waiting(self) -> bool:
        """Whether a person has to grade it."""
        return self.points is None


Given = dict[str, tuple[float | None, str | None]]  # by student: points and comment; None changes nothing


def answers_in(results: Results, assignment: str) -> dict[str, Answer]:
    """Return the answers in words by student, of all whose submission is graded."""
    found = {}
    records = results.records(assignment)
    grades = results.grades(assignment) if records else {}
    for record in records:
        mine = grades.get(record.student)
        if record.status != "graded" or mine is None or WRITTEN not in mine.scores:
            continue
        comment = mine.comments.get(WRITTEN) or ""
        text = "" if comment == NO_ANSWER else _text(results.notebook_path(record.student, assignment))
        comment = "" if comment == NO_ANSWER else comment
        found[record.student] = Answer(text, mine.scores[WRITTEN], comment)
    return found


def _text(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == WRITTEN:
            return "".join(cell["source"])
    return ""


def as_table(answers: dict[str, Answer]) -> str:
    """Return a row an answer as CSV; who left it empty has none."""
    rows = [
        [student, answer.text, answer.points, answer.comment]
        for student, answer in answers.items()
        if answer.text
    ]
    return csv_text([COLUMNS, *rows])


def read_graded(path: Path, answers: dict[str, Answer], most: float) -> Given:
    """Read a table that a person filled in.

    Parameters
    ----------
    path : Path
        CSV with the columns student and points; comment, if there is one, is read, too.
    answers : dict of str to Answer
        Of all students.
    most : float
        What an answer can have.

    Returns
    -------
    dict of str to (points, comment)
        What differs from `answers`.

    Raises
    ------
    UserError
        If a row cannot be meant; it names the first.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        # Spreadsheets of some countries separate by semicolons and write 7,5.
        separator = max(",;\t", key=text.partition("\n")[0].count)
        lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = [(lines.line_num, row) for row in lines]
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as CSV in UTF-8 ({error}).") from error
    if not {"student", "points"} <= set(lines.fieldnames or ()):
        raise UserError(f"{path} has no columns student and points in its first line.")
    names = {guarded(student): student for student in answers}  # as the table has them
    given: Given = {}
    seen: set[str] = set()
    for line, row in rows:
        written = (row["student"] or "").strip()
        if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
            continue
        student = written if written in answers else names.get(written)
        if student is None:
            raise UserError(
                f"{path}, line {line}: {written!r} has no graded submission here; nothing was changed."
            )
        if student in seen:
            raise UserError(f"{path}, line {line}: {student!r} occurs twice; nothing was changed.")
        seen.add(student)
        points, comment = _points(row, most, f"{path}, line {line}"), row.get("comment") or ""
        if len(comment) > LONGEST:
            raise UserError(
                f"{path}, line {line}: the comment has {len(comment)} characters, {LONGEST} is the most; "
                "nothing was changed."
            )
        before = answers[student]
        same = comment in ("", before.comment, guarded(before.comment))
        change = (None if points == before.points else points, None if same else comment)
        if change != (None, None):
            given[student] = change
    return given


def _points(row: dict[str, str], most: float, place: str) -> float | None:
    text = (row["points"] or "").strip()
    if not text:
        return None
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        points = -1.0
    if not 0 <= points <= most:
        raise UserError(
            f"{place}: points are a number from 0 to {most:g}, not {text[:40]!r}; nothing was changed."
        )
    return points


def changes(given: Given, answers: dict[str, Answer], most: float) -> list[str]:
    """Return a line for each student of whom something changes."""
    lines = []
    for student, (points, comment) in given.items():
        before = number(answers[student].points) or "none"
        parts = [] if points is None else [f"{points:g} of {most:g} points (before: {before})"]
        parts += [] if comment is None else ["a comment"]
        lines.append(f"{student}: {', '.join(parts)}")
    return lines
