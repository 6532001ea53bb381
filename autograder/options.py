"""Options that several commands share, and how their values are read."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from autograder.files import ROOT
from autograder.policy import Policy, read_policy


def add_source(command: argparse.ArgumentParser) -> None:
    """Add the option that says where the assignments are."""
    command.add_argument(
        "--source",
        type=Path,
        default=ROOT / "solutions",
        metavar="DIR",
        help="assignments with solutions (solutions)",
    )


def add_submitted(command: argparse.ArgumentParser) -> None:
    """Add the option that says where submissions are."""
    command.add_argument(
        "--submitted", type=Path, default=ROOT / "autograder" / "submitted", metavar="DIR",
        help="holds STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb (autograder/submitted)",
    )  # fmt: skip


def add_policy(command: argparse.ArgumentParser) -> None:
    """Add the option that says what the term's rules are."""
    command.add_argument(
        "--policy", type=Path, default=ROOT / "autograder" / "policy.toml", metavar="FILE",
        help="due dates, penalties, extensions, weights (autograder/policy.toml, if it exists)",
    )  # fmt: skip


def policy_of(arguments: argparse.Namespace) -> Policy:
    """Read the term's rules that `add_policy` and `add_source` name."""
    from autograder.source import assignment_names  # it loads nbformat

    return read_policy(arguments.policy, assignment_names(arguments.source.resolve()))


def add_output(command: argparse.ArgumentParser) -> None:
    """Add the option that says where results are."""
    command.add_argument(
        "--output", type=Path, default=ROOT / "autograder", metavar="DIR",
        help="has gradebook.db, grades.csv, feedback/ and autograded/ (autograder)",
    )  # fmt: skip


def add_grading(command: argparse.ArgumentParser) -> None:
    """Add the options of grading."""
    command.add_argument("--students", nargs="+", metavar="STUDENT", help="only these")
    command.add_argument(
        "--roster", type=Path, metavar="CSV",
        help="the class list, kept for later runs; who handed in nothing is listed in grades.csv",
    )  # fmt: skip
    command.add_argument("--regrade", action="store_true", help="grade unchanged submissions again, too")
    command.add_argument(
        "--timeout", type=whole, default=60, metavar="SECONDS", help="limit for each cell (60)"
    )
    command.add_argument(
        "--memory", type=whole, default=2048, metavar="MB", help="limit for each submission (2048)"
    )
    command.add_argument("--workers", type=whole, metavar="N", help="submissions at a time (the processors)")
    command.add_argument(
        "--shard", type=shard, default=(1, 1), metavar="I/N", help="only the I-th of N parts of the class"
    )
    command.add_argument("--scheduler", metavar="ADDRESS", help="a dask scheduler, whose workers grade")
    command.add_argument(
        "--stock",
        action="store_true",
        help="let nbgrader run the notebooks, where Python cannot fork; not isolated",
    )
    command.add_argument(
        "--in-process", action="store_true", help="run tests in the student's process, to debug an assignment"
    )
    command.add_argument("--unsafe", action="store_true", help="grade without isolation")
    command.add_argument(
        "--strict", action="store_true",
        help="no points for tests that forbid functions, if the notebook has lines that a person should read",
    )  # fmt: skip


def moment(text: str) -> datetime:
    """Read a date or a date and a time; without an offset it is UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"a date and time such as 2026-11-20T18:00 is expected, not {text!r}"
        ) from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def whole(text: str) -> int:
    """Read a number of seconds, megabytes or processes."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 is expected, not {text!r}")
    return int(text)


def shard(text: str) -> tuple[int, int]:
    """Read which part of the class is meant."""
    index, slash, count = text.partition("/")
    if not (slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise argparse.ArgumentTypeError(f"a part such as 2/3 is expected, not {text!r}")
    return int(index), int(count)
