"""Tells from the names of files who handed them in: Canvas, Moodle, Gradescope, nbgrader, plain folders."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import yaml

from autograder.errors import UserError
from autograder.roster import folded
from autograder.submissions.archive import METADATA, Found
from autograder.submissions.notebook_file import COPY, SUFFIXES, original

NBGRADER = "nbgrader's layout"
# doejane_LATE_1234_56789_pooling-1.ipynb: sortable name in small letters, user, upload, the file's name.
CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_(?P<late>LATE_)?(?P<user>\d+)|(?P<late_anon>LATE_)?(?P<anon>anon_[0-9A-Za-z]+))"
    r"_(?P<upload>\d+)_(?P<file>.+)"
)
# Jane Doe_123456_assignsubmission_file_/pooling.ipynb, or all in the file's name.
MOODLE = re.compile(r"(?P<name>.+)_(?P<user>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.S)
# doejane_1234_text.html, doejane_LATE_1234_link.html: what was typed instead of uploaded.
CANVAS_TYPED = re.compile(
    r"(?:(?P<name>\w+?)_(?P<late>LATE_)?(?P<user>\d+)|(?P<late_anon>LATE_)?(?P<anon>anon_[0-9A-Za-z]+))"
    r"_(?P<file>(?:text|link|media|discussion)(?:-\d+)?\.html?)(?P<upload>)"
)
# What Moodle calls everybody where names are hidden, in its languages as far as they are known here.
PARTICIPANT = {
    "participant", "participante", "partecipante", "teilnehmer", "teilnehmerin", "teilnehmer in",
    "teilnehmende", "deelnemer", "deltagare", "deltager", "deltaker", "osallistuja", "osaleja", "uczestnik",
    "účastník", "résztvevő", "kat\u0131l\u0131mc\u0131", "sudionik", "udeleženec", "dalyvis", "dalībnieks",
    "peserta", "parte-hartzailea", "участник", "учасник", "συμμετέχων", "参与者", "参与人", "參與者",
    "参加者", "참가자",
}  # fmt: skip


@dataclass(frozen=True)
class Handed:
    """One file, by one student."""

    file: Found
    name: str  # of the file, as the student had it
    key: str  # what the platform calls the student
    person: str  # the same, so exactly that two different persons have two of them
    clues: tuple[tuple[str, str], ...]  # (column of the roster, value), the surest first
    late: bool = False
    time: datetime | None = None
    namesake: bool = False  # of somebody else in the same download
    order: int = 0  # of two uploads of a student, the higher one is later
    given: str = ""  # how the platform's own name begins, for giving something back under it


@dataclass(frozen=True)
class Identified:
    """What the names of the files say."""

    platform: str
    handed: list[Handed]
    aside: list[Found] = field(default_factory=list)  # belongs to other assignments


class MetadataLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads Gradescope's file, in which Ruby leaves types of its own."""


def plain_node(loader: yaml.Loader, suffix: str, node: yaml.Node) -> Any:
    """Read a value of a foreign type as the plain mapping, list or text that it is written as."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


MetadataLoader.add_multi_constructor("!ruby/", plain_node)


def identify(
    files: list[Found],
    assignment: str,
    students: set[str],
    suffixes: tuple[str, ...] = SUFFIXES,
    others: frozenset[str] = frozenset(),
) -> Identified:
    """Find out which platform exported the files, and who handed in which.

    Only the names that the platform itself gave decide, not what a student packed into a zip: all of them
    stand at the same depth. `students` are the ids on the class list, `suffixes` the endings of what is
    handed in, `others` the course's other assignments.
    """
    files = [file for file in files if file.parts]
    for metadata in [file for file in files if file.name == METADATA]:
        above = metadata.parts[:-1]
        if all(file.parts[: len(above)] == above for file in files):
            return Identified("Gradescope", gradescope(metadata, files))
    depth = depth_of_students(files, assignment, students, suffixes)
    units = {file.parts[depth] for file in files}
    if (
        assignment in units
        and units <= {assignment, *others}
        and all(len(f.parts) > depth + 1 for f in files)
    ):
        # A folder for each assignment, with the students' in it.
        mine = [file for file in files if file.parts[depth] == assignment]
        found = identify(mine, assignment, students, suffixes, others)
        aside = [file for file in files if file.parts[depth] != assignment]
        return Identified(found.platform, found.handed, [*found.aside, *aside])
    for platform, pattern, reader in (("Moodle", MOODLE, moodle), ("Canvas", CANVAS, canvas)):
        matches = {unit: match for unit in units if (match := pattern.fullmatch(unit))}
        if platform == "Canvas":
            matches |= {unit: match for unit in units if (match := CANVAS_TYPED.fullmatch(unit))}
        if matches and 2 * len(matches) >= len(units):
            found = [file for file in files if file.parts[depth] in matches]
            handed = [
                reader(file, matches[file.parts[depth]], file.parts[depth] == file.name) for file in found
            ]
            return Identified(platform, told_apart(handed))
    inside = [file for file in files if len(file.parts) > depth + 2 and file.parts[depth + 1] == assignment]
    if inside and 2 * len({file.parts[depth] for file in inside}) >= len(units):
        handed = [
            Handed(file, file.name, file.parts[depth], file.parts[depth], anything(file.parts[depth]))
            for file in inside
        ]
        return Identified(NBGRADER, handed, [file for file in files if file not in inside])
    names = (assignment, *others)
    return Identified("Folders", [folder(file, depth, names, suffixes) for file in files])


def told_apart(handed: list[Handed]) -> list[Handed]:
    """Give persons of one name, as all are where names are hidden, their numbers as part of the name."""
    persons: dict[str, set[str]] = {}
    for item in handed:
        persons.setdefault(folded(item.key), set()).add(item.person)
    return [
        replace(item, key=f"{item.key}_{item.person}", namesake=True)
        if len(persons[folded(item.key)]) > 1
        else item
        for item in handed
    ]


def depth_of_students(
    files: list[Found], assignment: str, students: set[str], suffixes: tuple[str, ...]
) -> int:
    """Return how many folders stand above the students' names: an archive often holds just one folder."""
    depth = 0
    work = [file for file in files if file.name.lower().endswith(suffixes)]
    while files and len({file.parts[depth] for file in files}) == 1:
        name = files[0].parts[depth]
        below = min(len(file.parts) for file in files) - depth - 1
        if name in students or MOODLE.fullmatch(name) or CANVAS.fullmatch(name):
            break
        # The only student: ada/pooling/pooling.ipynb, or ada/pooling.ipynb.
        if len(work) < 2 and (below < 2 or files[0].parts[depth + 1] == assignment):
            break
        if below < 1 or (below == 1 and all(named_after(file, assignment, suffixes) for file in work)):
            break
        depth += 1
    return depth


def named_after(file: Found, assignment: str, suffixes: tuple[str, ...]) -> bool:
    """Return whether a file has the assignment's name or a copy's, so that it says nobody's."""
    ending = max((s for s in suffixes if file.name.lower().endswith(s)), key=len, default="")
    return folded(original(file.name[: len(file.name) - len(ending)])[0]) == folded(assignment)


def gradescope(metadata: Found, files: list[Found]) -> list[Handed]:
    """Read Gradescope's export: a folder for each submission, and one file that says whose it is."""
    try:
        content = yaml.load(metadata.path.read_text(encoding="utf-8"), Loader=MetadataLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UserError(f"{metadata} cannot be read: {str(error).splitlines()[0]}") from error
    content = content if isinstance(content, dict) else {}
    above = len(metadata.parts) - 1
    found, seen = [], set()
    for file in files:
        own = file.parts[above]
        if file.parts[:above] == metadata.parts[:above] and own in content:
            seen.add(own)
            found += submitters(content[own], file, file.name, own)
    for own in content:
        if own not in seen:  # somebody handed in, but no file
            found += submitters(content[own], metadata, "no file", str(own))
    return found


def submitters(about: Any, file: Found, name: str, submission: str) -> list[Handed]:
    """Return a file as handed in by each person of a submission to Gradescope."""
    about = about if isinstance(about, dict) else {}
    time = about.get(":created_at")
    time = time.get("utc") if isinstance(time, dict) else time
    if isinstance(time, datetime):
        time = time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    persons = about.get(":submitters")
    found = []
    for person in persons if isinstance(persons, list) else []:
        person = person if isinstance(person, dict) else {}
        sid, email, who = (str(person.get(k) or "") for k in (":sid", ":email", ":name"))
        clues = (("gradescope_id", sid), ("student", sid), ("email", email), ("name", who))
        found.append(
            Handed(file, name, sid or email or who, sid or email or f"{who} in {submission}", clues,
                   time=time if isinstance(time, datetime) else None)
        )  # fmt: skip
    return found


def canvas(file: Found, match: re.Match, whole: bool) -> Handed:
    """Read the name that Canvas gave to an upload; a zip's name counts for what is in it."""
    user = match["user"] or match["anon"]
    clues = [("canvas_id", user)]
    if match["name"]:
        clues += [("canvas_name", match["name"]), ("name", match["name"])]
    name = match["file"] if whole else file.name
    late = bool(match["late"] or match["late_anon"])
    order = int(match["upload"][:18] or 0)
    return Handed(file, name, user, user, tuple(clues), late, order=order, given=beginning(match))


def moodle(file: Found, match: re.Match, whole: bool) -> Handed:
    """Read Moodle's folder or file name; its number changes with every assignment, so the name is the key."""
    clues = (("moodle_id", match["user"]), ("name", match["name"]))
    anonymous = folded(match["name"].replace("_", " ").strip()) in PARTICIPANT
    key = f"{match['name']}_{match['user']}" if anonymous else match["name"]
    name = (match["file"] if whole else "") or file.name
    return Handed(file, name, key, match["user"], clues, given=beginning(match))


def beginning(match: re.Match) -> str:
    """Return what a platform wrote before the name of the student's file."""
    return match.string[: match.start("file")]


def folder(file: Found, depth: int, assignments: tuple[str, ...], suffixes: tuple[str, ...]) -> Handed:
    """Read a student's folder or zip, or a file that is named after the student and perhaps an assignment."""
    stem = file.parts[depth]
    ending = next((s for s in (*suffixes[::-1], ".zip") if stem.lower().endswith(s)), "")
    stem = stem[: len(stem) - len(ending)]
    if ending:
        for name in assignments:
            stem = re.sub(rf"(^|[ _-]+){re.escape(name)}(?=[ _-]|$)", "", stem, flags=re.I).strip(" _-")
    elif depth == len(file.parts) - 1:
        stem = stem.rpartition(".")[0] or stem
    copy = COPY.search(stem) if ending else None
    bare = stem[: copy.start()] if copy else original(stem)[0] if ending else stem
    # "-1" may belong to an id; the class list decides.
    key = stem if copy and copy[3] else bare
    return Handed(file, file.name, key, key, (*anything(stem), *anything(bare)))


def anything(value: str) -> tuple[tuple[str, str], ...]:
    """Take a name that an instructor or a student chose for whatever the class list knows."""
    columns = ("student", "email", "name", "canvas_id", "canvas_name", "moodle_id", "gradescope_id")
    return tuple((column, value) for column in columns)
