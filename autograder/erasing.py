"""`python -m autograder erase`: remove all that is stored of one student."""

from __future__ import annotations

import argparse
import html
import re
import shutil
import sys
from pathlib import Path

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.options import add_output, add_policy, add_submitted

ELSEWHERE = (
    "Not touched, for this command does not know where they are: downloads, class lists, files that "
    "export and return wrote, backups, and what the learning platform itself keeps."
)


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("student", metavar="STUDENT", help="the name in the gradebook")
    command.add_argument(
        "--yes", action="store_true", help="do it; without this, only what there is is listed"
    )
    add_submitted(command)
    add_output(command)
    add_policy(command)


def run(arguments: argparse.Namespace) -> int:
    """List what is stored of the student, remove it if asked to, and name what has to be done by hand."""
    from autograder.results.folder import Results

    student, submitted = arguments.student, arguments.submitted.resolve()
    if not student or Path(student).name != student or student.startswith("."):
        raise UserError(f"{student!r} is no student's name: it has to be that of a folder in {submitted}.")
    with Results(arguments.output.resolve()) as results:
        found = results.stored(student)
        if (submitted / student).is_dir():
            found.append(str(submitted / student))
        by_hand = mentions(student, results.output, arguments.policy)
        if not found and not by_hand:
            raise UserError(f"There is nothing of {student} in {submitted} or {results.output}.")
        print("\n".join(f"{'removed' if arguments.yes else 'would remove'}: {each}" for each in found))
        if found and not arguments.yes:
            print("Nothing was removed: this cannot be undone; add --yes.", file=sys.stderr)
            return 2
        # Last, so that after an interruption the same command still finds its work.
        results.erase(student)
        if (submitted / student).is_dir():
            shutil.rmtree(submitted / student)
    for path in by_hand:
        print(f"still names the student, so make it again or mend it: {path}")
    print(ELSEWHERE)
    return 1 if by_hand else 0


def mentions(student: str, output: Path, policy: Path) -> list[Path]:
    """Return what names a student and is not this command's to change: reports, the policy, the challenge."""
    forms = {re.escape(form) for form in (student, html.escape(student), html.escape(student, quote=False))}
    # As a word: "ada" is no part of "adam".
    word = re.compile(rf"(?<![\w@+-])(?:{'|'.join(sorted(forms))})(?![\w@+-])")
    kept = [*output.glob("reports/*"), policy, *output.glob("challenge/*"), ROOT / "book" / "leaderboard.md"]
    return [
        path
        for path in sorted(kept)
        if path.is_file() and word.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
