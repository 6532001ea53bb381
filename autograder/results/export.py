"""Grades for other programs: a table, or a file that Canvas or Moodle imports.

A grade is the score that counts: with a person's corrections and the penalty for being late. Who could not be
graded, or waits for a person, gets an empty field, never 0, and is listed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import UserError
from autograder.files import write_atomic
from autograder.results.folder import Results
from autograder.roster import Table, read_table
from autograder.spreadsheet import csv_text, guarded, number

POINTS_POSSIBLE = "Points Possible"
# What Moodle can find a student by, by the columns of a roster in the order in which they are tried.
MOODLE = {
    "Email address": "Email address",
    "Email": "Email address",
    "Username": "Username",
    "ID number": "ID number",
    "Student": "Username",
}
DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
# Columns of a roster that may hold the name of a student's folder, in the order in which they are tried.
FOLDER = (
    "Folder",
    "Student",
    "SIS Login ID",
    "Username",
    "Login",
    "SIS User ID",
    "ID number",
    "ID",
    "Email address",
)


@dataclass
class Export:
    """What was written, and what the instructor has to know about it."""

    path: Path
    students: int = 0  # rows with at least one grade
    failed: list[str] = field(default_factory=list)  # "STUDENT ASSIGNMENT": could not be graded, left empty
    waiting: list[str] = field(default_factory=list)  # the same: waits for a person
    unknown: list[str] = field(default_factory=list)  # graded students whom the roster does not have
    without: list[str] = field(default_factory=list)  # in the roster, and without any grade
    guarded: list[str] = field(default_factory=list)  # texts that got an apostrophe: they look like formulas
    notes: list[str] = field(default_factory=list)  # where Canvas has other points than the assignment

    @property
    def exit_code(self) -> int:
        """1 if a grade that was expected is not in the file."""
        return 1 if self.failed or self.waiting or self.unknown else 0

    @property
    def lines(self) -> list[str]:
        """The report."""
        lists = {
            "not gradable, left empty": self.failed,
            "waiting for a person, left empty unless --partial is given": self.waiting,
            "graded, but not in the roster": self.unknown,
            "in the roster, but without a grade": self.without,
            "written with an apostrophe, for they look like formulas": self.guarded,
        }
        found = [f"{title}: {', '.join(names)}" for title, names in lists.items() if names]
        return [f"{self.path}: grades of {self.students} students", *self.notes, *found]


@dataclass(frozen=True)
class Marks:
    """The grades of some assignments."""

    points: dict[str, float]  # by assignment
    scores: dict[str, dict[str, float]]  # by student and assignment; what is missing stays empty


def export(
    results: Results,
    assignments: list[str],
    form: str,
    output: Path,
    roster: Path | None = None,
    *,
    partial: bool = False,
) -> Export:
    """Write the grades of some assignments, or of all, to the file `output`.

    Parameters
    ----------
    results : Results
    assignments : list of str
        None of them means all that were graded.
    form : str
        `csv`, `canvas` or `moodle`.
    output : Path
    roster : Path, optional
        A CSV file with a row a student. For Canvas, a gradebook that it exported: the columns before the
        grades, the order of the rows and "Points Possible" are kept.
    partial : bool
        Export what a submission has so far if some of it waits for a person.

    Raises
    ------
    UserError
        If nothing can be exported, or the roster lacks what is needed.
    """
    made = Export(output)
    marks = read_marks(results, assignments, made, partial)
    table = None if roster is None else read_table(roster)
    if table is not None and not table.rows:
        raise UserError(f"The roster {roster} needs a header and a row for each student.")
    write: dict[str, Callable[..., list[list]]] = {"csv": as_csv, "canvas": as_canvas, "moodle": as_moodle}
    if form not in write:
        raise UserError(f"There is no format {form!r}; there are: {', '.join(write)}.")
    rows = write[form](marks, table, made)
    made.guarded = sorted(
        {cell for row in rows for cell in row if isinstance(cell, str) and guarded(cell) != cell}
    )
    # Canvas reads back numbers and separators as it has written them.
    style = (table.separator, decimal_point(table)) if table and form == "canvas" else (",", ".")
    write_atomic(output, csv_text(rows, *style))
    return made


def read_marks(results: Results, assignments: list[str], made: Export, partial: bool) -> Marks:
    """Collect the grades, and note in `made` what is not one."""
    records = results.records()
    graded = sorted({record.assignment for record in records})
    unknown = [name for name in assignments if name not in graded]
    if unknown or not graded:
        there = f"there are grades of: {', '.join(graded)}" if graded else "nothing was graded yet"
        raise UserError(
            f"{results.output} holds no grades of {', '.join(unknown) or 'any assignment'}; {there}."
        )
    names = list(dict.fromkeys(assignments)) or graded
    points = {name: sum(results.gradebook.points(name).values()) for name in names}
    scores: dict[str, dict[str, float]] = {}
    for name in names:
        grades = results.grades(name)
        for record in records:
            if record.assignment != name:
                continue
            mine = scores.setdefault(record.student, {})
            found = grades.get(record.student)
            if record.status != "graded" or found is None:
                made.failed.append(f"{record.student} {name}")
                continue
            if found.waiting:
                made.waiting.append(f"{record.student} {name}")
            if partial or not found.waiting:
                mine[name] = found.total
    made.students = sum(bool(mine) for mine in scores.values())
    return Marks(points, dict(sorted(scores.items())))


def decimal_point(table: Table) -> str:
    """Return a comma if numbers are written with one, as programs do that are set to some languages."""
    cells = [cell.strip() for row in table.rows for cell in row]
    return "," if any(DECIMAL_COMMA.fullmatch(cell) for cell in cells) else "."


def match(roster: Table, marks: Marks, made: Export) -> list[dict[str, float]]:
    """Return the grades of each row, found by the column that knows most students; note who is missing."""
    columns = [roster.column(name) for name in FOLDER]
    known = {
        column: sum(row[column].strip() in marks.scores for row in roster.rows)
        for column in columns
        if column is not None
    }
    best = max(known, key=known.get, default=None)
    if best is None or known[best] == 0:
        raise UserError(
            "The roster has no column with the names of students' folders, such as "
            f"{next(iter(marks.scores))}; one of these has to: {', '.join(FOLDER)}."
        )
    names = [row[best].strip() for row in roster.rows]
    twice = sorted({name for name in names if name in marks.scores and names.count(name) > 1})
    if twice:
        raise UserError(f"The roster has several rows of {', '.join(twice)}; keep one of each.")
    made.unknown = [student for student in marks.scores if student not in names]
    found = [marks.scores.get(name, {}) for name in names]
    made.without = [name for name, mine in zip(names, found, strict=True) if name and not mine]
    return found


def as_csv(marks: Marks, roster: Table | None, made: Export) -> list[list]:
    """Make a row a student, with the roster's columns first if there is one, and a column an assignment."""
    header = [*marks.points, "total"]
    if roster is None:
        students = [[student] for student in marks.scores]
        identity, found = ["student"], list(marks.scores.values())
    else:
        identity, students, found = roster.header, roster.rows, match(roster, marks, made)
    rows = [
        [*who, *(mine.get(name) for name in marks.points), sum(mine.values()) if mine else None]
        for who, mine in zip(students, found, strict=True)
    ]
    return [[*identity, *header], *rows]


def as_canvas(marks: Marks, roster: Table | None, made: Export) -> list[list]:
    """Make what Canvas imports, from the gradebook that it exported.

    Canvas erases a grade where a field is empty: a student without a grade here keeps what Canvas has.
    """
    if roster is None:
        raise UserError("Canvas needs its own names: export the gradebook there, and give it as --roster.")
    section = roster.column("Section")
    if section is None and roster.column("canvas_id") is not None:
        return as_canvas_by_number(marks, roster, made)
    if section is None or roster.column("ID") is None:
        raise UserError(
            "The roster is no gradebook exported by Canvas, for it lacks the column ID or Section, and no "
            "class list with a column canvas_id."
        )
    # Whatever is between "Student" and "Section" is how Canvas finds the student; the order matters to it.
    identity = slice(0, section + 1)
    columns = {name: canvas_column(roster, name) for name in marks.points}
    titles = [name if column is None else roster.header[column] for name, column in columns.items()]
    header = [*roster.header[identity], *titles]

    possible = next((row for row in roster.rows if POINTS_POSSIBLE in row[0]), None)
    first = [f"    {POINTS_POSSIBLE}", *[""] * section] if possible is None else possible[identity]
    worth: list[float | str] = []
    for name, column in columns.items():
        theirs = "" if possible is None or column is None else possible[column].strip()
        worth.append(theirs or marks.points[name])
        if theirs and value(theirs) != marks.points[name]:
            made.notes.append(
                f"Canvas gives {theirs} points for {name}, here it has {number(marks.points[name])}"
            )

    people = Table(roster.header, [row for row in roster.rows if is_student(row)])
    rows = [
        [
            *row[identity],
            *(mine.get(name, "" if column is None else row[column]) for name, column in columns.items()),
        ]
        for row, mine in zip(people.rows, match(people, marks, made), strict=True)
    ]
    return [header, [*first, *worth], *rows]


def as_canvas_by_number(marks: Marks, roster: Table, made: Export) -> list[list]:
    """Make what Canvas imports, from a class list that has its students' numbers; only rows with a grade."""
    name = only_assignment(marks, "Canvas")
    number = roster.column("canvas_id")
    columns = [roster.column(title) for title in ("canvas_name", "name", "student", "canvas_id")]
    who = next(column for column in columns if column is not None)
    found = zip(roster.rows, match(roster, marks, made), strict=True)
    rows = [[row[who], row[number], "", mine[name]] for row, mine in found if mine]
    return [
        ["Student", "ID", "Section", name],
        [f"    {POINTS_POSSIBLE}", "", "", marks.points[name]],
        *rows,
    ]


def only_assignment(marks: Marks, program: str) -> str:
    """Return the name of the assignment, where a file can hold one only."""
    if len(marks.points) > 1:
        raise UserError(f"{program} erases a grade where a field is empty; export one assignment at a time.")
    return next(iter(marks.points))


def value(text: str) -> float | None:
    """Return the number that a cell holds, written with a point or a comma; None if it holds none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def canvas_column(roster: Table, assignment: str) -> int | None:
    """Return where Canvas has an assignment: its columns are called "NAME (NUMBER)"."""
    wanted = assignment.casefold().replace("_", " ")
    for place, title in enumerate(roster.header):
        name, _, identifier = title.strip().rpartition(" (")
        if identifier.rstrip(")").isdecimal() and name.casefold().replace("_", " ").strip() == wanted:
            return place
    return None


def is_student(row: list[str]) -> bool:
    """Return whether a row of Canvas's gradebook is about a student, not about assignments."""
    return bool(row[0].strip()) and POINTS_POSSIBLE not in row[0]


def as_moodle(marks: Marks, roster: Table | None, made: Export) -> list[list]:
    """Make what Moodle imports: what it knows a student by, and the grade; only rows that have one."""
    name = only_assignment(marks, "Moodle")
    if roster is None:
        rows = [[student, mine[name]] for student, mine in marks.scores.items() if mine]
        return [["Username", name], *rows]
    columns = {title: roster.column(title) for title in MOODLE}
    title = next((title for title, column in columns.items() if column is not None), None)
    if title is None:
        raise UserError(
            f"Moodle finds students by one of these columns, the roster has none: {', '.join(MOODLE)}."
        )
    found = zip(roster.rows, match(roster, marks, made), strict=True)
    return [[MOODLE[title], name], *([row[columns[title]], mine[name]] for row, mine in found if mine)]
