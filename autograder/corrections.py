"""What a person decided about a part's points, and why: a ledger that outlives regrading."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UserError
from autograder.files import write_atomic

NAME = "overrides.csv"
COLUMNS = ("time", "student", "assignment", "part", "points", "why")


@dataclass(frozen=True)
class Correction:
    """One line of the ledger."""

    time: str  # in UTC
    student: str
    assignment: str
    part: str  # "p3", or a graded cell such as "p3-options"
    points: str  # empty: the correction is taken back
    why: str

    def cells(self, points: dict[str, float]) -> dict[str, float]:
        """Return what each graded cell of the part gets: the same share of its points everywhere.

        Parameters
        ----------
        points : dict of str to float
            Of the assignment's graded cells.
        """
        mine = part_points(points, self.part)
        share = float(self.points) / sum(mine.values())
        return {cell: share * worth for cell, worth in mine.items()}


class Corrections:
    """The ledger, `overrides.csv` in the folder of results; lines are added; only `erase` removes some."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def lines(self) -> list[Correction]:
        """Return all lines, the oldest first."""
        if not self.path.exists():
            return []
        rows = list(csv.reader(io.StringIO(self.path.read_text(encoding="utf-8"))))
        if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
            raise UserError(f"{self.path} is damaged: each line needs {', '.join(COLUMNS)}; mend it by hand.")
        return [Correction(*row) for row in rows[1:]]

    def standing(self, assignment: str) -> dict[str, list[Correction]]:
        """Return what holds, by student: the last word on each part, unless that took a correction back."""
        last = {(line.student, line.part): line for line in self.lines() if line.assignment == assignment}
        found: dict[str, list[Correction]] = {}
        for line in last.values():
            if line.points:
                found.setdefault(line.student, []).append(line)
        return found

    def add(self, student: str, assignment: str, part: str, points: str, why: str) -> Correction:
        """Add a line and return it."""
        line = Correction(
            datetime.now(UTC).isoformat(timespec="seconds"), student, assignment, part, points, why
        )
        self._write([*self.lines(), line])
        return line

    def erase(self, student: str) -> None:
        """Remove all lines about a student."""
        lines = self.lines()
        kept = [line for line in lines if line.student != student]
        if kept != lines:
            self._write(kept)

    def _write(self, lines: list[Correction]) -> None:
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *map(astuple, lines)])
        write_atomic(self.path, file.getvalue())


def part_points(points: dict[str, float], part: str) -> dict[str, float]:
    """Return the graded cells of a part with their points: "p3" means all that begin with "p3-"."""
    return {cell: worth for cell, worth in points.items() if cell == part or cell.startswith(f"{part}-")}
