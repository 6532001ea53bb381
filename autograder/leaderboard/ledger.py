"""The ledger: one line for each submission taken in and for each model scored, appended and never changed.

Each line carries a checksum and is on the disk before anything is told about it. A line that a killed run
left unfinished is cut off by the next run; a damaged line is left out and named. Everything that the page
shows follows from these lines, the roster and the images, so the same files give the same page.
"""

import hashlib
import json
import os
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.files import sync_folder

CHECK = 16  # hexadecimal digits


@dataclass(frozen=True)
class Received:
    """A model that a team handed in.

    Attributes
    ----------
    time : str
        When, as "2026-11-20T18:00:00Z": the platform's time, or else when it was first seen here.
    team, name : str
        The name is what the file was called; it is only ever shown.
    digest : str
        SHA-256 of the file, which is kept under this name.
    """

    time: str
    team: str
    name: str
    digest: str


@dataclass(frozen=True)
class Result:
    """What scoring a model gave.

    Attributes
    ----------
    digest, images : str
        Of the file, and of the images it was scored on.
    problem : str
        Why it gets no score, a sentence; empty if it has one.
    parameters : int
        The official count, 0 if there is none.
    predictions : str
        For each test image the class, "0" to "9", or "-" where a score was not finite; empty without a score.
    """

    digest: str
    images: str
    problem: str
    parameters: int = 0
    predictions: str = ""


class Ledger:
    """The lines of a ledger file; appending writes to the disk at once.

    Attributes
    ----------
    received : list of Received
    results : dict
        The latest `Result` for each pair of a file's and the images' digest.
    times : Counter
        How often each file was scored.
    cleared : set of str
        Digests that count although they resemble another team's.
    damaged : list of int
        Numbers of lines that could not be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.received: list[Received] = []
        self.results: dict[tuple[str, str], Result] = {}
        self.times: Counter[str] = Counter()
        self.cleared: set[str] = set()
        self.damaged: list[int] = []
        data = path.read_bytes() if path.exists() else b""
        whole = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:whole].splitlines(), start=1):
            record = parse(line)
            if record is None or not self._remember(record):
                self.damaged.append(number)
        if whole < len(data):
            # What a killed run left unfinished. Nothing was told about it, so it is as if it had not been.
            with open(path, "r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())

    def receive(self, submission: Received) -> None:
        """Note a submission."""
        self._append({"event": "received", **asdict(submission)})

    def score(self, result: Result) -> None:
        """Note a result; a later one for the same file and images replaces it."""
        self._append({"event": "scored", **asdict(result)})

    def clear(self, digest: str) -> None:
        """Note that an instructor has looked at a model and lets it count."""
        self._append({"event": "cleared", "digest": digest})

    def holds(self, team: str, digest: str) -> bool:
        """Return whether the team has handed this file in before."""
        return any((one.team, one.digest) == (team, digest) for one in self.received)

    def _append(self, record: dict[str, Any]) -> None:
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(record | {"check": checksum(record)}, sort_keys=True) + "\n"
        with open(self.path, "ab", buffering=0) as file:
            file.write(line.encode())
            os.fsync(file.fileno())
        if new:
            sync_folder(self.path.parent)
        self._remember(record)

    def _remember(self, record: dict[str, Any]) -> bool:
        """Take a record in; return whether it is one that this program knows."""
        values = dict(record)
        event = values.pop("event", None)
        try:
            if event == "received":
                self.received.append(Received(**values))
            elif event == "scored":
                result = Result(**values)
                self.results[result.digest, result.images] = result
                self.times[result.digest] += 1
            elif event == "cleared":
                self.cleared.add(values["digest"])
            else:
                return False
        except (TypeError, KeyError):
            return False
        return True


def checksum(record: dict[str, Any]) -> str:
    """Return what tells a whole line from a damaged one."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:CHECK]


def parse(line: bytes) -> dict[str, Any] | None:
    """Return the record of a line, None if it is damaged."""
    try:
        record = json.loads(line)
        check = record.pop("check")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None
    return record if check == checksum(record) else None
