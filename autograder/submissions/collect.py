"""Puts what a platform exports where grading looks for it: SUBMITTED/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb."""

import hashlib
import os
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.files import ROOT, files_under, remove, write_atomic
from autograder.roster import Roster, folded, read_roster, safe_name
from autograder.submissions.archive import METADATA, Archives, Found, printable
from autograder.submissions.notebook_file import SUFFIXES, original
from autograder.submissions.platform_name import write_platform_name
from autograder.submissions.platforms import NBGRADER, Handed, identify
from autograder.submissions.reader import count_own
from autograder.submissions.submission import ALIKE, LATE, MOST_NOTEBOOKS

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d[\w:.+ /-]{0,60}")
SHOWN = 10  # names in a line
# Folders for what is not to count, in the languages that students were seen to use.
OLD = re.compile(
    r"(?:my[ _-]?)?(?:old|older|obsolete|outdated|previous|prev|drafts?|back[ _-]?ups?|bak|bkp|archived?|"
    r"trash|archives|archiv|alt|altes?|entwurf|sicherung|anciens?|anciennes?|vieux|sauvegarde|brouillon|viejos?|"
    r"copia|antiguos?|borrador|vecchi|vecchio|bozza|oude?|gamla|gammel|stare|старое|старый|черновик|旧|旧版|备份|"
    r"備份|古い|バックアップ)"
    r"(?:[ _-]?(?:version|versions|versionen|files?|notebooks?|copy|stuff|\d+))*",
    re.I,
)


@dataclass
class Collected:
    """What was collected: students by what happened to their files, and lines to print."""

    platform: str = ""
    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what landed nowhere
    refused: list[str] = field(default_factory=list)  # students of whom nothing was taken

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


@dataclass(frozen=True)
class Course:
    """What is collected for, and what tells its notebooks from others.

    Attributes
    ----------
    assignment : str
    others : frozenset of str
        The course's other assignments.
    release : NotebookNode or None
        What was handed out; without it only the names of files tell which of several notebooks counts.
    """

    assignment: str
    others: frozenset[str] = frozenset()
    release: NotebookNode | None = None

    def is_other(self, name: str) -> bool:
        """Return whether a file is named after another assignment and not after this one."""
        stem = folded(original(stem_of(name))[0])
        found = {slug for slug in (self.assignment, *self.others) if is_part(slug, stem)}
        # "padding" would be found in "padding_stride_dilation".
        found = {slug for slug in found if not any(slug != more and is_part(slug, more) for more in found)}
        return bool(found) and self.assignment not in found

    def count(self, items: list["Handed"]) -> dict["Handed", tuple[int, float]]:
        """Count the cells that were not handed out, and tell how alike the notebooks are to the release."""
        if self.release is None:
            return dict.fromkeys(items, (0, 0.0))
        found = count_own([item.file.path for item in items], self.release)
        return {item: found[item.file.path] for item in items}


def read_course(assignment: str, exercises: Path) -> Course:
    """Read what students were given from the folder of all releases, as far as it is there."""
    path = exercises / assignment / f"{assignment}.ipynb"
    others = {folder.name for folder in exercises.glob("*") if (folder / f"{folder.name}.ipynb").is_file()}
    release = nbformat.read(path, as_version=4) if path.is_file() else None
    return Course(assignment, frozenset(others - {assignment}), release)


def collect(
    source: Path,
    assignment: str,
    submitted: Path,
    roster: Path | None = None,
    exercises: Path = ROOT / "exercises",
    received: datetime | None = None,
) -> Collected:
    """Sort the notebooks in `source` into `submitted`.

    Running it again changes nothing; a student's new notebook replaces the old one in one step. Students who
    are not in `source` keep what they have, and so does who cannot be told from another.

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
    exercises : Path
        The releases: they tell what is answered from what is as it was handed out, and which other
        assignments there are.
    received : datetime, optional
        When notebooks came of which the platform tells no time, with its zone.

    Raises
    ------
    UserError
        If the source or the roster cannot be used as a whole.
    """
    if not source.exists():
        raise UserError(f"There is no {source}; name the folder or zip that the platform gave you.")
    known = read_roster(roster) if roster else None
    course = read_course(assignment, exercises)
    with tempfile.TemporaryDirectory() as temporary:
        archives = Archives(Path(temporary), likely=known.mentioned if known else None)
        files = archives.files(source)
        collected = Collected(notes=archives.notes, problems=archives.problems)
        students = set(known.students) if known else set()
        identified = identify(files, assignment, students, others=course.others)
        collected.platform = identified.platform
        for student, theirs in sorted(by_student(identified.handed, known, collected).items()):
            if not place(student, theirs, course, submitted, collected, received):
                collected.refused.append(student)
        for name in sorted(
            {item.key.removesuffix(f"_{item.person}") for item in identified.handed if item.namesake}
        ):
            if not known and (submitted / safe_name(name) / assignment).exists():
                collected.problems.append(
                    f"There is a folder {safe_name(name)} of an earlier download, which does not say which "
                    "of that name it is of; remove it, or use a class list."
                )
        if identified.aside:
            names = some([str(file) for file in identified.aside])
            collected.notes.append(f"Not in a folder {assignment}, so left out: {names}")
        known_files = {item.file for item in identified.handed} | set(identified.aside)
        report_unread([file for file in files if file not in known_files], collected)
    if known:
        handed_in = {*collected.new, *collected.replaced, *collected.unchanged, *collected.refused}
        missing = [student for student in known.students if student not in handed_in]
        if missing:
            collected.notes.append(f"On the roster, but nothing handed in ({len(missing)}): {some(missing)}")
    return collected


def by_student(handed: list[Handed], roster: Roster | None, collected: Collected) -> dict[str, list[Handed]]:
    """Group the files by the student's id; whoever has none, or shares one with others, is a problem."""
    students: dict[str, list[Handed]] = defaultdict(list)
    for item in handed:
        student = roster.find(list(item.clues)) if roster else safe_name(item.key)
        if student:
            students[student].append(item)
        elif is_notebook(item):
            why = "is of nobody on the roster" if roster else "names no student whose name can be a folder's"
            collected.problems.append(f"{item.file} {why} ({printable(item.key) or 'no name'}).")
    same: dict[str, list[str]] = defaultdict(list)
    for student in students:
        same[folded(student)].append(student)
    for names in same.values():
        items = [item for name in names for item in students[name]]
        persons = {item.person: item for item in items}
        if len(persons) > 1:
            # Whose work would count, and whose would be gone, must not be left to chance.
            files = " and ".join(str(item.file) for item in persons.values())
            whose = " and ".join(printable(person) for person in persons)
            what = "put surer signs on the roster" if roster else "rename one, or use a class list"
            collected.problems.append(
                f"{files} would share the folder {names[0]} ({whose}), so none was taken; {what}."
            )
            for name in names:
                del students[name]
            collected.refused += names
    apart = sorted({item.key for items in students.values() for item in items if item.namesake})
    if apart and not roster:
        names = some([printable(key) for key in apart])
        collected.notes.append(
            f"Of one name, so told apart by the platform's number: {names}. Moodle's number is another one "
            "for each assignment; a class list knows better."
        )
    return students


def place(
    student: str,
    handed: list[Handed],
    course: Course,
    submitted: Path,
    collected: Collected,
    received: datetime | None,
) -> bool:
    """Write one student's notebooks; an earlier submission gives way after the new one is complete.

    Returns
    -------
    bool
        Whether there was one that could be taken; if not, a problem says why.
    """
    assignment = course.assignment
    found = [item for item in handed if is_notebook(item)]
    if not found:
        names = some(sorted(printable(item.name) for item in handed))
        collected.problems.append(f"{student} handed in no notebook: {names}.")
        return False
    notebooks = latest(of_this_assignment(found, student, course, collected), student, course, collected)
    if not notebooks:
        return False
    late = any(item.late for item in notebooks)
    if late:
        collected.notes.append(f"{student} handed in late, says {collected.platform}.")
    folder = submitted / student / assignment
    twins = [path.name for path in submitted.glob("*") if folded(path.name) == folded(student)]
    if twins and twins != [student]:
        other = next(name for name in twins if name != student)
        collected.problems.append(
            f"{student}: there is a folder {other}, which differs in case only or in how accents are written."
        )
        return False
    before = bool(files_under(folder))
    names = [f"{assignment}.ipynb"] if len(notebooks) == 1 else own_names(notebooks)
    changed = []
    for name, item in zip(names, notebooks, strict=True):
        changed.append(write_atomic(folder / name, item.file.path.read_bytes()))
    # Otherwise a notebook that was handed in earlier could be graded.
    changed += [set_aside(path) for path in files_under(folder) if is_surplus(path, folder, names)]
    stamps = [item for item in handed if item.name == "timestamp.txt" and item.file.parts[-2] == assignment]
    # Only nbgrader writes such a file; elsewhere it would be the student's word.
    if collected.platform != NBGRADER:
        stamps = []
    time = timestamp(notebooks, stamps) or ("" if received is None else written(received))
    if time:
        changed.append(write_atomic(folder / "timestamp.txt", time + "\n"))
    changed.append(write_platform_name(folder, collected.platform, notebooks[0].given))
    if late and not time:
        # Nobody says when, so no penalty can follow; the page and the grades say at least this.
        changed.append(write_atomic(folder / LATE, f"Handed in late, says {collected.platform}\n"))
    elif (folder / LATE).exists():
        remove(folder / LATE)
    outcome = collected.unchanged if not any(changed) else collected.replaced if before else collected.new
    outcome.append(student)
    return True


def of_this_assignment(
    notebooks: list[Handed], student: str, course: Course, collected: Collected
) -> list[Handed]:
    """Leave out what is named after another assignment, unless it is a notebook of this one all the same."""
    others = [item for item in notebooks if course.is_other(item.name)]
    if not others:
        return notebooks
    mine = [item for item in notebooks if item not in others]
    if not mine:
        mine = [item for item, (_, alike) in course.count(others).items() if alike >= ALIKE]
    left = some([printable(item.name) for item in others if item not in mine])
    if left and mine:
        collected.notes.append(f"{student} handed in another assignment, too, which was left out: {left}.")
    elif left:
        collected.problems.append(f"{student} handed in nothing named {course.assignment}, but {left}.")
    return mine


def latest(notebooks: list[Handed], student: str, course: Course, collected: Collected) -> list[Handed]:
    """Of several attempts at the same file keep one; none at all if nothing tells which counts."""
    kept: dict[str, list[Handed]] = defaultdict(list)
    for item in notebooks:
        kept[folded(original(stem_of(item.name))[0])].append(item)
    chosen = []
    for attempts in kept.values():
        one, why = choose(attempts, course)
        names = [item.name for item in attempts]
        named = [printable(i.name) if names.count(i.name) == 1 else str(i.file) for i in attempts]
        if one is None:
            collected.problems.append(
                f"{student} handed in {some(named, ' and ')}, and nothing tells which counts; keep one."
            )
            return []
        chosen.append(one)
        if len(attempts) > 1:
            which = named[attempts.index(one)]
            collected.notes.append(f"{student} handed in {len(attempts)} times; {which} counts{why}.")
    return chosen


def choose(attempts: list[Handed], course: Course) -> tuple[Handed | None, str]:
    """Return which of several files counts, and why if that is not plain; None if nothing tells.

    What is answered comes before what is as it was handed out. Then counts the last upload, as far as the
    platform tells, then what lies in the fewest folders and in none for old files, then the one with the most
    answers, and last the number of the copy.
    """
    why = ""
    left = attempts
    if len(attempts) > MOST_NOTEBOOKS:
        return None, ""
    contents = {item: digest(item.file.path) for item in attempts}
    owns = dict.fromkeys(attempts, 0)
    if len(set(contents.values())) > 1:
        owns = {item: own for item, (own, _) in course.count(attempts).items()}
        left = [item for item in attempts if owns[item] > 0] or attempts
        if len(left) < len(attempts):
            why = ", for the others hold no answers"
    last = max(map(uploaded, left))
    left = [item for item in left if uploaded(item) == last]
    top = min(map(depth, left))
    left = [item for item in left if depth(item) == top]
    if len({item.file.parts[:-1] for item in left}) == 1:
        best = max((owns[item], original(stem_of(item.name))[1]) for item in left)
        left = [item for item in left if (owns[item], original(stem_of(item.name))[1]) == best]
    if len({contents[item] for item in left}) > 1:
        return None, ""
    return left[-1], why


def digest(path: Path) -> bytes:
    """Return what tells the content of a file from others."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def uploaded(item: Handed) -> tuple[float, int]:
    """Return what tells the order of uploads."""
    return item.time.timestamp() if item.time else 0.0, item.order


def depth(item: Handed) -> tuple[bool, int]:
    """Return whether a file lies in a folder for old ones, and in how many folders."""
    folders = item.file.parts[:-1]
    return any(OLD.fullmatch(folder) for folder in folders), len(folders)


def stem_of(name: str) -> str:
    """Return a notebook's file name without its endings."""
    return name[: name.lower().rindex(".ipynb")]


def is_part(slug: str, text: str) -> bool:
    """Return whether an assignment's name stands in a text as words of its own."""
    return re.search(rf"(?<![^\W_]){re.escape(folded(slug))}(?![^\W_])", text) is not None


def own_names(notebooks: list[Handed]) -> list[str]:
    """Return safe and different file names for several notebooks of a student."""
    names: list[str] = []
    for number, item in enumerate(notebooks):
        name = safe_name(stem_of(item.name)) or "notebook"
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
        return written(max(times))
    stamps = sorted(stamps, key=lambda item: len(item.file.parts))
    text = stamps[0].file.path.read_bytes()[:200].decode(errors="replace").strip() if stamps else ""
    return text if TIMESTAMP.fullmatch(text) else ""


def written(time: datetime) -> str:
    """Return a time as nbgrader writes it."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


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


def some(names: list[str], between: str = ", ") -> str:
    """Join the first names."""
    return between.join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
