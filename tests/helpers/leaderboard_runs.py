"""Runs the command `leaderboard` for tests: as another process, or, where that shows no more, in this one."""

import csv
import json
import shutil
import subprocess
from pathlib import Path

import commands

from autograder.__main__ import parser
from autograder.__main__ import run as run_command

DAY = "2026-11-20"


def arguments(inbox: Path | None, images: Path, output: Path, *more: object) -> list[str]:
    """The command's arguments; everything it writes goes below `output`."""
    paths = ["--images", images, "--output", output / "data", "--site", output / "site"]
    return [str(each) for each in ("leaderboard", *([inbox] if inbox else []), *paths, *more)]


def start(*given: object) -> subprocess.Popen:
    """Start the real command."""
    return commands.start(*arguments(*given), environment={"OMP_NUM_THREADS": "1"}, stderr=subprocess.STDOUT)


def run(*given: object) -> tuple[int, str]:
    """Run the real command to its end; return its exit code and what it printed."""
    process = start(*given)
    printed = process.communicate()[0]
    return process.returncode, printed


def run_here(*given: object) -> int:
    """Run the command in this process, which has torch loaded; return its exit code."""
    return run_command(parser().parse_args(arguments(*given)))


def site(output: Path) -> dict[str, bytes]:
    """The files that readers get."""
    files = [path for path in (output / "site").rglob("*") if path.is_file()]
    return {path.relative_to(output / "site").as_posix(): path.read_bytes() for path in files}


def board(output: Path, budget: int) -> list[dict]:
    """The entries of a board."""
    standings = json.loads((output / "site/_static/leaderboard.json").read_text())
    return next(each["entries"] for each in standings["boards"] if each["budget"] == budget)


def names(output: Path, budget: int = 200_000) -> list[str]:
    """The teams on a board, the first first."""
    return [entry["name"] for entry in board(output, budget) if entry["kind"] == "team"]


def submissions(output: Path) -> list[dict[str, str]]:
    """The instructor's table."""
    with open(output / "data/submissions.csv", newline="") as file:
        return list(csv.DictReader(file))


def only_scores(before: Path, output: Path) -> Path:
    """Make an output folder that knows the scores of models, but of no submission."""
    (output / "data").mkdir(parents=True)
    lines = (before / "data/ledger.jsonl").read_text().splitlines(keepends=True)
    (output / "data/ledger.jsonl").write_text("".join(x for x in lines if json.loads(x)["event"] == "scored"))
    return output


def copy(before: Path, output: Path) -> Path:
    """Copy an output folder."""
    shutil.copytree(before, output)
    return output
