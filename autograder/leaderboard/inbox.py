"""Reads a folder or a download of submissions: who handed in which file; nothing in it is trusted.

A plain inbox is a folder for each team, `INBOX/TEAM/ANYTHING.onnx`. What Canvas, Moodle and Gradescope give
out is recognized as `collect` does it. The names of files are only shown, links are refused.
"""

import hashlib
import os
import stat
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.errors import UserError
from autograder.leaderboard.identity import TOKEN_FILE, Teams
from autograder.submissions.archive import METADATA, Archives, Found, printable
from autograder.submissions.platforms import Handed, folder, identify

SUFFIXES = (".onnx",)
WANTED = (*SUFFIXES, ".zip", METADATA, TOKEN_FILE)
LONGEST_TOKEN = 200  # bytes
NAME = "challenge"


@dataclass(frozen=True)
class Submission:
    """A model that a team handed in.

    Attributes
    ----------
    team : str
    name : str
        The file's, fit to be shown.
    path : Path
        Where it lies; it may change as long as it lies there.
    digest : str
        SHA-256 of its content.
    time : datetime or None
        When, if the platform says so.
    """

    team: str
    name: str
    path: Path
    digest: str
    time: datetime | None


def read_inbox(source: Path, teams: Teams, work: Path, largest: int) -> tuple[list[Submission], list[str]]:
    """List the models in `source`, those of a team in order, and what was refused, a sentence each.

    Parameters
    ----------
    source : Path
        A folder or a zip.
    teams : Teams
    work : Path
        An empty folder for what is unpacked; the submissions' paths may point there.
    largest : int
        Bytes of a model.

    Raises
    ------
    UserError
        If there is no `source`, or it is damaged as a whole.
    """
    if not source.exists():
        raise UserError(f"There is no {source}; name the folder or zip that holds the submissions.")
    archives = Archives(work, WANTED, likely=teams.roster.mentioned if teams.roster else None)
    files = archives.files(source)
    identified = identify(files, NAME, set(teams.of_student), SUFFIXES)
    handed = identified.handed
    if identified.platform == "Folders" and source.is_dir():
        # Here the folder's first level names teams, also if there is only one.
        handed = [folder(file, 0, (NAME,), SUFFIXES) for file in files]
    problems = archives.problems
    found: list[tuple[str, Handed, Submission]] = []
    by_person: dict[str, list[Handed]] = defaultdict(list)
    for item in handed:
        by_person[item.person].append(item)
    for _, theirs in sorted(by_person.items()):
        models = [item for item in theirs if item.name.lower().endswith(SUFFIXES)]
        others = [item for item in theirs if item not in models and item.name.lower() != TOKEN_FILE]
        if not models:
            if others:
                names = ", ".join(sorted(printable(item.name) for item in others)[:3])
                problems.append(
                    f"{printable(theirs[0].key)} handed in no .onnx file ({names}); "
                    "export the network with cnnlib.challenge.export."
                )
            continue
        token = read_token(theirs)
        for item in sorted(models, key=order):
            team, reason = teams.find(item.key, item.clues, token)
            digest, problem = ("", reason) if reason else examine(item.file, largest)
            if problem:
                problems.append(f"{item.file} {problem}.")
            else:
                one = Submission(team, printable(item.name), item.file.path, digest, item.time)
                found.append((teams.claimed(team, item.clues), item, one))
    shared = different_persons(found)
    for items in shared.values():
        names = " and ".join(str(item.file) for item in items)
        problems.append(f"{names} would both count for one team; none was taken, rename or remove one.")
    submissions = [one for claimed, _, one in found if claimed not in shared]
    known = {item.file for item in handed}
    problems += [
        f"{file} does not say whose it is ({identified.platform})."
        for file in files
        if file not in known and file.name.lower().endswith(SUFFIXES)
    ]
    return submissions, problems


def different_persons(found: list[tuple[str, Handed, Submission]]) -> dict[str, list[Handed]]:
    """Return a file of each person where several claim to be the same: their names fold to one."""
    claims: dict[str, dict[str, Handed]] = defaultdict(dict)
    for claimed, item, _ in found:
        claims[claimed].setdefault(item.person, item)
    return {claimed: list(persons.values()) for claimed, persons in claims.items() if len(persons) > 1}


def order(item: Handed) -> tuple:
    """Return what a team's files are sorted by: time, number of the upload, name."""
    return (item.time.timestamp() if item.time else 0.0, item.order, item.file.parts)


def read_token(theirs: list[Handed]) -> str | None:
    """Return the text of the token file that came with the models, None without one."""
    for item in theirs:
        if item.name.lower() == TOKEN_FILE:
            data, problem = content(item.file.path, LONGEST_TOKEN)
            return "" if problem else data.decode(errors="replace").strip()
    return None


def examine(file: Found, largest: int) -> tuple[str, str]:
    """Return the digest of a file, or why it is refused."""
    data, problem = content(file.path, largest)
    return hashlib.sha256(data).hexdigest(), problem


def content(path: Path, largest: int) -> tuple[bytes, str]:
    """Read a regular file, never through a link, or say why not; `path` is from an inbox."""
    try:
        # Not to wait for whoever may write into a pipe.
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                return b"", "is no regular file"
            data = file.read(largest + 1)
    except OSError as error:
        return b"", f"cannot be read ({error.strerror})"
    if len(data) > largest:
        return b"", f"is larger than {largest:,} bytes, the most that a submission may have"
    if not data:
        return b"", "is empty; it was not uploaded to the end"
    return data, ""
