"""The term's rules, from one file: due dates, grace, penalties, extensions, weights.

`autograder/policy.toml` is read if it exists; `policy.example.toml` beside it shows all that it may say.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.errors import UserError

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Lateness:
    """By how much one submission is late, and what that costs."""

    due: datetime  # for this student, an extension included
    late: timedelta  # 0 if it is in time, grace included
    penalty: float  # points

    def sentence(self, handed_in: datetime) -> str:
        """Say it to the student; empty if it was in time."""
        if not self.late:
            return ""
        zone = self.due.tzinfo
        when = f"Handed in {handed_in.astimezone(zone):%Y-%m-%d %H:%M %Z}, due {self.due:%Y-%m-%d %H:%M %Z}"
        return f"{when}: late by {duration(self.late)}"


@dataclass(frozen=True)
class Policy:
    """The rules. Without a file there are none: nothing is due, nothing costs points, all weigh the same."""

    zone: tzinfo = UTC
    due: dict[str, datetime] = field(default_factory=dict)  # by assignment
    weights: dict[str, float] = field(default_factory=dict)
    extensions: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by assignment and student
    grace: timedelta = timedelta(0)
    percent: float = 0.0  # of the assignment's points, for each period begun
    per: timedelta = PERIODS["day"]
    at_most: float = 100.0  # percent
    drop_lowest: int = 0
    written: bool = False  # whether written answers count

    def lateness(
        self, student: str, assignment: str, handed_in: datetime | None, points: float
    ) -> Lateness | None:
        """Return how late a submission is, None if nothing is due or nobody knows when it was handed in.

        Parameters
        ----------
        student, assignment : str
        handed_in : datetime or None
            With its time zone.
        points : float
            What the assignment is worth.
        """
        due = self.extensions.get((assignment, student), self.due.get(assignment))
        if due is None or handed_in is None:
            return None
        late = handed_in - due
        if late <= self.grace:
            return Lateness(due, timedelta(0), 0.0)
        share = min(self.percent * math.ceil(late / self.per), self.at_most) / 100
        return Lateness(due, late, share * points)


def read_policy(path: Path, assignments: list[str]) -> Policy:
    """Read the rules of a term; none if there is no such file.

    Parameters
    ----------
    path : Path
        A TOML file.
    assignments : list of str
        The names that it may use.

    Raises
    ------
    UserError
        If it is no TOML, or says something that it cannot say.
    """
    if not path.exists():
        return Policy()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as TOML: {error}.") from error
    try:
        return _policy(content, assignments)
    except ValueError as error:
        raise UserError(f"{path}: {error}; policy.example.toml shows what it may say.") from error


def _policy(content: dict[str, Any], assignments: list[str]) -> Policy:
    """Check what the file says; raise ValueError with one clause about what is wrong."""
    _only(content, "the file", ("time_zone", "late", "grades", "assignments", "extensions"))
    zone = _zone(content.get("time_zone", "UTC"))
    late = _table(content, "late", ("grace", "percent", "per", "at_most"))
    grades = _table(content, "grades", ("drop_lowest", "written_answers"))
    due, weights = {}, {}
    for name, rules in _table(content, "assignments", tuple(assignments)).items():
        rules = _table({name: rules}, name, ("due", "weight"))
        if "due" in rules:
            due[name] = _time(rules["due"], f"due of {name}", zone)
        weights[name] = _number(rules.get("weight", 1), f"weight of {name}")
    extensions = {}
    for name, students in _table(content, "extensions", tuple(assignments)).items():
        if name not in due:
            raise ValueError(f"extensions of {name} mean nothing while it is not due; give it a due")
        for student, time in _table({name: students}, name, None).items():
            extensions[name, student] = _time(time, f"extension of {student}", zone)
    per = late.get("per", "day")
    if per not in PERIODS:
        raise ValueError(f"per is 'day' or 'hour', not {per!r}")
    drop = grades.get("drop_lowest", 0)
    written = grades.get("written_answers", False)
    if type(drop) is not int or drop < 0:
        raise ValueError(f"drop_lowest is a whole number from 0, not {drop!r}")
    if type(written) is not bool:
        raise ValueError(f"written_answers is true or false, not {written!r}")
    return Policy(
        zone,
        due,
        weights,
        extensions,
        timedelta(minutes=_number(late.get("grace", 0), "grace, in minutes,")),
        _number(late.get("percent", 0), "percent"),
        PERIODS[per],
        _number(late.get("at_most", 100), "at_most"),
        drop,
        written,
    )


def _only(table: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
    unknown = [name for name in table if name not in known]
    if unknown:
        raise ValueError(f"{where} has {unknown[0]!r}, known are {', '.join(known)}")


def _table(content: Mapping[str, Any], name: str, known: tuple[str, ...] | None) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"{name} is a table, [{name}]")
    if known is not None:
        _only(table, name, known)
    return table


def _zone(name: Any) -> tzinfo:
    try:
        return ZoneInfo(name)
    except Exception as error:  # zoneinfo raises several kinds, for names and for texts that are none
        raise ValueError(f"time_zone is a name such as 'Europe/Berlin', not {name!r}") from error


def _time(value: Any, what: str, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError(f"the {what} is a date with a time, such as 2026-10-12 23:59:00, not {value!r}")
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _number(value: Any, what: str) -> float:
    if type(value) not in (int, float) or not 0 <= value < math.inf:
        raise ValueError(f"the {what} is a number from 0, not {value!r}")
    return float(value)


def duration(time: timedelta) -> str:
    """Say a duration: minutes below an hour, hours below two days, then days; what has begun counts."""
    if time < timedelta(hours=1):
        return f"{math.ceil(time / timedelta(minutes=1))} min"
    if time < timedelta(days=2):
        return f"{math.ceil(time / timedelta(hours=1))} h"
    return f"{math.ceil(time / timedelta(days=1))} days"
