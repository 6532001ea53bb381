"""The students' pages as a zip that a platform takes back, and a table for mail merge."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import UserError
from autograder.files import write_atomic
from autograder.results.folder import Results
from autograder.roster import Roster, folded, safe_name
from autograder.spreadsheet import csv_text
from autograder.submissions.platform_name import read_platform_name

PLATFORMS = {"canvas": "Canvas", "moodle": "Moodle"}
FORMATS = (*PLATFORMS, "gradescope", "names")
NOTES = {
    "canvas": (
        "Canvas attaches each page to a comment and calls it what the student's upload was called, "
        "NAME.ipynb: say that it opens in a browser once its ending is .html"
    ),
    "gradescope": (
        "Gradescope takes no files back for students: the zip has the students' own names; send the pages "
        "by mail, and upload the scores"
    ),
}
DATE = (1980, 1, 1, 0, 0, 0)  # the same pages give the same zip


@dataclass
class GivenBack:
    """What was written, and what the instructor has to know about it."""

    archive: Path
    table: Path
    pages: int = 0
    nameless: list[str] = field(default_factory=list)  # of whom the platform's name is not known
    waiting: list[str] = field(default_factory=list)  # whose score is not in the table: a person has to grade
    unknown: list[str] = field(default_factory=list)  # whom the roster does not have
    note: str = ""
    platform: str = ""

    @property
    def exit_code(self) -> int:
        """1 if a page is not in the zip."""
        return 1 if self.nameless else 0

    @property
    def lines(self) -> list[str]:
        """The report."""
        found = [f"{self.archive}: the pages of {self.pages} students", f"{self.table}: a row a student"]
        if self.nameless:
            found.append(
                f"Not in the zip, for they were not collected from a download of {self.platform}; "
                f"collect that again, or use --format names: {', '.join(self.nameless)}"
            )
        if self.waiting:
            found.append(f"Waiting for a person, so without a score in the table: {', '.join(self.waiting)}")
        if self.unknown:
            found.append(f"Not on the roster, so without an address: {', '.join(self.unknown)}")
        return [*found, *([self.note] if self.note else [])]


def give_back(
    results: Results, assignment: str, form: str, target: Path, submitted: Path, roster: Roster | None = None
) -> GivenBack:
    """Write the pages of an assignment to the zip `target`, and a table to a CSV file beside it.

    Parameters
    ----------
    results : Results
    assignment : str
    form : str
        One of `FORMATS`.
    target : Path
        Its name ends in .zip.
    submitted : Path
        Where `collect` has noted what the platform calls each student's work.
    roster : Roster, optional
        Gives names and addresses to the table.

    Raises
    ------
    UserError
        If there is nothing to give back, or nobody's name on the platform is known.
    """
    if target.suffix.lower() != ".zip":
        raise UserError(f"The pages become a zip: --to needs a name that ends in .zip, not {target.name!r}.")
    records = results.records(assignment)
    if not records:
        raise UserError(
            f"{results.output} holds no pages of {assignment}; first: python -m autograder grade {assignment}"
        )
    made = GivenBack(target, target.with_suffix(".csv"), note=NOTES.get(form, ""))
    made.platform = PLATFORMS.get(form, "")
    places = {}
    for record in records:
        place = place_in_zip(record.student, assignment, made.platform, submitted, set(places.values()))
        if place:
            places[record.student] = place
        else:
            made.nameless.append(record.student)
    if not places:
        raise UserError(
            f"Nobody's name in {made.platform} is known: `collect` notes it when it takes a download of "
            f"{made.platform}; collect that again, or use --format names."
        )
    made.pages = len(places)
    write_zip(target, {place: results.page_path(who, assignment) for who, place in places.items()})
    write_atomic(made.table, csv_text(table(results, assignment, places, roster, made)))
    return made


def place_in_zip(student: str, assignment: str, platform: str, submitted: Path, taken: set[str]) -> str:
    """Return the name of a student's page in the zip; nothing where the platform's name is not known."""
    if platform:
        name = read_platform_name(submitted / student / assignment, platform)
        # Canvas looks at the file's name, Moodle at the folder's.
        between = "/" if platform == "Moodle" else ""
        return name and f"{name}{between}{assignment}.html"
    name = safe_name(student) or "student"
    found, number = f"{assignment}-{name}.html", 2
    while folded(found) in map(folded, taken):
        found, number = f"{assignment}-{name}-{number}.html", number + 1
    return found


def write_zip(target: Path, pages: dict[str, Path]) -> None:
    """Write files into a zip, one at a time, and put it in its place when it is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for place in sorted(pages):
                info = zipfile.ZipInfo(place, DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, pages[place].read_bytes())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def table(
    results: Results, assignment: str, places: dict[str, str], roster: Roster | None, made: GivenBack
) -> list[list[object]]:
    """Return a row a student: who, where to, which file, and the score; note in `made` what is missing."""
    known = {row["student"]: row for row in roster.rows} if roster else {}
    grades, most = results.grades(assignment), sum(results.gradebook.points(assignment).values())
    rows: list[list[object]] = [["student", "name", "email", "file", "score", "max_score", "status"]]
    for record in results.records(assignment):
        student = record.student
        row, found = known.get(student, {}), grades.get(student)
        score, status = None, record.status
        if status == "graded" and found is not None and found.waiting:
            status = "waiting"
            made.waiting.append(student)
        elif status == "graded" and found is not None:
            score = found.total
        if roster and student not in known:
            made.unknown.append(student)
        who = [student, row.get("name", ""), row.get("email", ""), places.get(student, "")]
        rows.append([*who, score, most, status])
    return rows
