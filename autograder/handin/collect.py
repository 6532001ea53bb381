"""Puts what a platform exports where grading looks for it: SUBMITTED/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb."""

import os
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import UserError
from autograder.files import files_under, write_atomic
from autograder.handin.archive import METADATA, Archives, Found, printable
from autograder.handin.platforms import NBGRADER, Handed, identify
from autograder.handin.reading import COPY, SUFFIXES
from autograder.handin.roster import Roster, read_roster, safe_name

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d[\w:.+ /-]{0,60}")
SHOWN = 10  # names in a line


@dataclass
class Collected:
    """What was collected: students by what happened to their files, and lines to print."""

    platform: str = ""
    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what landed nowhere

    @property
    def exit_code(self) -> int:
        """1 if anything that was handed in landed nowhere."""
        return 1 if self.problems else 0

    @property
    def lines(self) -> list[str]:
        """The report."""
        total = len(self.new) + len(self.replaced) + len(self.unchanged)
        counts = f"{len(self.new)} new, {len(self.replaced)} replaced, {len(self.unchanged)} unchanged"
        lines = [f"{self.platform}: {total} students handed in; {counts}", *self.notes]
        if self.problems:
            lines += ["Not collected:", *(f"  {problem}" for problem in self.problems)]
        return lines


def collect(source: Path, assignment: str, submitted: Path, roster: Path | None = None) -> Collected:
    """Sort the notebooks in `source` into `submitted`.

    Running it again changes nothing; a student's new notebook replaces the old one in one step. Students who
    are not in `source` keep what they have.

    Parameters
    ----------
    source : Path
        A folder or a zip: from Canvas, Moodle or Gradescope, in nbgrader's layout, with a folder for each
        student, or with files named after the students.
    assignment : str
    submitted : Path
        Gets `STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb`, or the notebooks under their own names if there are
        several, and `timestamp.txt` where the source tells the time.
    roster : Path, optional
        The class list, see `roster.read_roster`. Without it, students have the names of the platform.

    Raises
    ------
    UserError
        If the source or the roster cannot be used as a whole.
    """
    if not source.exists():
        raise UserError(f"There is no {source}; name the folder or zip that the platform gave you.")
    known = read_roster(roster) if roster else None
    with tempfile.TemporaryDirectory() as temporary:
        archives = Archives(Path(temporary))
        files = archives.files(source)
        collected = Collected(notes=archives.notes, problems=archives.problems)
        identified = identify(files, assignment, set(known.students) if known else set())
        collected.platform = identified.platform
        for student, theirs in sorted(by_student(identified.handed, known, collected).items()):
            place(student, theirs, assignment, submitted, collected)
        if identified.aside:
            names = some([str(file) for file in identified.aside])
            collected.notes.append(f"Not in a folder {assignment}, so left out: {names}")
        known_files = {item.file for item in identified.handed} | set(identified.aside)
        report_unread([file for file in files if file not in known_files], collected)
    if known:
        handed_in = {*collected.new, *collected.replaced, *collected.unchanged}
        missing = [student for student in known.students if student not in handed_in]
        if missing:
            collected.notes.append(f"On the roster, but nothing handed in ({len(missing)}): {some(missing)}")
    return collected


def by_student(handed: list[Handed], roster: Roster | None, collected: Collected) -> dict[str, list[Handed]]:
    """Group the files by the student's id; whoever has none is a problem."""
    students: dict[str, list[Handed]] = defaultdict(list)
    keys: dict[str, str] = {}  # by folder, as systems see it that do not tell capital letters
    for item in handed:
        student = roster.find(list(item.clues)) if roster else safe_name(item.key)
        if not student:
            why = "is of nobody on the roster" if roster else "names no student whose name can be a folder's"
            if is_notebook(item):
                collected.problems.append(f"{item.file} {why} ({printable(item.key) or 'no name'}).")
            continue
        other = keys.setdefault(student.casefold(), student if roster else item.key)
        if other != (student if roster else item.key):
            collected.problems.append(
                f"{item.file} would share the folder {student} with {printable(other)}."
            )
            continue
        students[student].append(item)
    return students


def place(student: str, handed: list[Handed], assignment: str, submitted: Path, collected: Collected) -> None:
    """Write one student's notebooks; an earlier submission gives way after the new one is complete."""
    notebooks = latest([item for item in handed if is_notebook(item)], student, collected)
    if not notebooks:
        names = some(sorted(printable(item.name) for item in handed))
        collected.problems.append(f"{student} handed in no notebook: {names}.")
        return
    if any(item.late for item in notebooks):
        collected.notes.append(f"{student} handed in late, says {collected.platform}.")
    folder = submitted / student / assignment
    twins = [path.name for path in submitted.glob("*") if path.name.casefold() == student.casefold()]
    if twins and student not in twins:
        collected.problems.append(f"{student}: there is a folder {twins[0]}, which differs in case only.")
        return
    before = bool(files_under(folder))
    names = [f"{assignment}.ipynb"] if len(notebooks) == 1 else own_names(notebooks)
    changed = []
    for name, item in zip(names, notebooks, strict=True):
        changed.append(write_atomic(folder / name, item.file.path.read_bytes()))
    if len(notebooks) > 1:
        # Otherwise an earlier notebook under the assignment's name would be graded.
        changed += [set_aside(path) for path in files_under(folder) if is_surplus(path, folder, names)]
    stamps = [item for item in handed if item.name == "timestamp.txt" and item.file.parts[-2] == assignment]
    # Only nbgrader writes such a file; elsewhere it would be the student's word.
    if collected.platform != NBGRADER:
        stamps = []
    if time := timestamp(notebooks, stamps):
        changed.append(write_atomic(folder / "timestamp.txt", time + "\n"))
    outcome = collected.unchanged if not any(changed) else collected.replaced if before else collected.new
    outcome.append(student)


def latest(notebooks: list[Handed], student: str, collected: Collected) -> list[Handed]:
    """Of several attempts at the same file keep the last: by its number, upload or time."""
    kept: dict[str, tuple] = {}
    for number, item in enumerate(notebooks):
        stem = item.name[: item.name.lower().rindex(".ipynb")]
        copy = COPY.search(stem)
        attempt = int(next(filter(None, copy.groups()))[:9]) if copy else 0
        name = stem[: copy.start()].casefold() if copy else stem.casefold()
        time = item.time.timestamp() if item.time else 0.0
        kept.setdefault(name, ())
        kept[name] = (*kept[name], (time, attempt, item.order, number, item))
    chosen = []
    for attempts in kept.values():
        chosen.append(max(attempts)[-1])
        if len(attempts) > 1:
            collected.notes.append(
                f"{student} handed in {len(attempts)} times; {printable(chosen[-1].name)} counts."
            )
    return chosen


def own_names(notebooks: list[Handed]) -> list[str]:
    """Return safe and different file names for several notebooks of a student."""
    names: list[str] = []
    for number, item in enumerate(notebooks):
        name = safe_name(item.name[: item.name.lower().rindex(".ipynb")]) or "notebook"
        taken = {other.casefold() for other in names}
        names.append(f"{name}.ipynb" if f"{name}.ipynb".casefold() not in taken else f"{name}_{number}.ipynb")
    return names


def is_surplus(path: Path, folder: Path, names: list[str]) -> bool:
    """Return whether `path` is a notebook of an earlier submission."""
    return path.parent == folder and path.name.lower().endswith(SUFFIXES) and path.name not in names


def set_aside(path: Path) -> bool:
    """Move a notebook to a hidden folder, where grading does not look."""
    hidden = path.parent / ".earlier"
    hidden.mkdir(exist_ok=True)
    os.replace(path, hidden / path.name)
    return True


def timestamp(notebooks: list[Handed], stamps: list[Handed]) -> str:
    """Return when the notebooks were handed in, as nbgrader writes it, or nothing if nobody says."""
    times = [item.time for item in notebooks if item.time]
    if times:
        return max(times).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    stamps = sorted(stamps, key=lambda item: len(item.file.parts))
    text = stamps[0].file.path.read_bytes()[:200].decode(errors="replace").strip() if stamps else ""
    return text if TIMESTAMP.fullmatch(text) else ""


def is_notebook(item: Handed | Found) -> bool:
    """Return whether a file says by its name that it is a notebook."""
    return item.name.lower().endswith(SUFFIXES)


def report_unread(files: list[Found], collected: Collected) -> None:
    """List the notebooks of which nothing says whose they are; other files are only counted."""
    for file in files:
        if is_notebook(file):
            collected.problems.append(f"{file} does not say whose it is ({collected.platform}).")
    others = [file for file in files if not is_notebook(file) and file.name != METADATA]
    if others:
        collected.notes.append(f"{len(others)} other files were left out: {some([str(f) for f in others])}")


def some(names: list[str]) -> str:
    """Join the first names."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
