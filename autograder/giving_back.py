"""`python -m autograder return`: the students' pages in the form that a platform takes back."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.options import add_output, add_submitted


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument(
        "--format", choices=("canvas", "moodle", "gradescope", "names"), default="names",
        help="whose names the files have; the students' own (names)",
    )  # fmt: skip
    command.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FILE.zip",
        help="the zip; a CSV for mail merge lies beside it",
    )
    command.add_argument("--roster", type=Path, metavar="CSV", help="the class list: names and addresses")
    add_submitted(command)
    add_output(command)


def run(arguments: argparse.Namespace) -> int:
    """Write the zip and the table and say what is not in them."""
    from autograder.results.folder import Results
    from autograder.results.give_back import give_back
    from autograder.roster import read_roster

    roster = None if arguments.roster is None else read_roster(arguments.roster)
    with Results(arguments.output.resolve()) as results:
        places = (arguments.to.resolve(), arguments.submitted.resolve())
        made = give_back(results, arguments.assignment, arguments.format, *places, roster)
    print("\n".join(made.lines))
    return made.exit_code
