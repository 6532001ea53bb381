"""`python -m autograder written`: the answers in words as a table, to be graded in a spreadsheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.errors import UserError
from autograder.files import write_atomic
from autograder.options import add_output, add_policy, add_source, policy_of


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("assignment", metavar="ASSIGNMENT")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--to", type=Path, metavar="FILE", help="write the answers: student, answer, points, comment"
    )
    what.add_argument(
        "--from",
        dest="from_",
        type=Path,
        metavar="FILE",
        help="read points and comments; all rows or none, and an empty cell changes nothing",
    )
    add_source(command)
    add_output(command)
    add_policy(command)


def run(arguments: argparse.Namespace) -> int:
    """Write the table, or read it and write pages and grades.csv again."""
    from autograder.results.folder import Results
    from autograder.results.rewriting import settle
    from autograder.results.written import answers_in, as_table, changes, read_graded
    from autograder.source import WRITTEN

    source, assignment = arguments.source.resolve(), arguments.assignment
    policy = policy_of(arguments)
    with Results(arguments.output.resolve(), policy=policy) as results:
        if not policy.written:
            raise UserError(
                f"Answers in words do not count in this term: write written_answers = true under [grades] in "
                f"{arguments.policy}, then run: python -m autograder grade {assignment}"
            )
        answers = answers_in(results, assignment)
        most = results.gradebook.points(assignment).get(WRITTEN) if answers else None
        if not most:
            raise UserError(
                f"There are no answers in words of {assignment} in {results.output}; first run: "
                f"python -m autograder grade {assignment}"
            )
        if arguments.to is not None:
            write_atomic(arguments.to, as_table(answers))
            written = [answer for answer in answers.values() if answer.text]
            waiting = sum(answer.waiting for answer in written)
            print(
                f"{arguments.to}: {len(written)} answers, {waiting} of them wait; "
                f"{len(answers) - len(written)} students left it empty"
            )
            return 0
        given = read_graded(arguments.from_, answers, most)
        lines = changes(given, answers, most)
        results.grade_by_hand(assignment, WRITTEN, given)
        settle(results, source, assignment, given)
        left = sum(each.waiting for each in answers_in(results, assignment).values())
        print("\n".join([*lines, f"{len(lines)} changed; {left} answers wait."]))
    return 0
