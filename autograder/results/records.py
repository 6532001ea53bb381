"""The records of what was graded from what: one small file a submission."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

from autograder.files import remove, write_atomic
from autograder.outcome import Record


class Records:
    """A folder of records, `ASSIGNMENT/STUDENT.json`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, student: str, assignment: str) -> Path:
        return self.folder / assignment / f"{student}.json"

    def read(self, student: str, assignment: str) -> Record | None:
        """Return a record, None if there is none that can be read."""
        try:
            content = json.loads(self._path(student, assignment).read_text())
            known = {field.name for field in fields(Record)}
            # A newer version may note more.
            return Record(**{name: value for name, value in content.items() if name in known})
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def names(self, assignment: str = "*") -> Iterator[tuple[str, str]]:
        """Yield (student, assignment) of each record, sorted by assignment and student."""
        found = sorted((path.parent.name, path.stem) for path in self.folder.glob(f"{assignment}/*.json"))
        yield from ((student, name) for name, student in found)

    def write(self, record: Record) -> None:
        """Write a record; it lasts from here on."""
        write_atomic(
            self._path(record.student, record.assignment), json.dumps(asdict(record), indent=1) + "\n"
        )

    def remove(self, student: str, assignment: str) -> None:
        """Remove a record if there is one; it stays removed."""
        remove(self._path(student, assignment))
