"""`python -m autograder override`: a person's word on the points of a part, with its reason."""

from __future__ import annotations

import argparse

from autograder.errors import UserError
from autograder.options import add_output, add_policy, add_source, policy_of

MOST = 500  # characters of a reason


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("student", metavar="STUDENT")
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument(
        "part", metavar="PART", help="such as p3, or one graded cell such as p3-conv2d-hidden"
    )
    command.add_argument("points", nargs="?", metavar="POINTS", help="what the part gets, whatever tests say")
    command.add_argument("--why", metavar="TEXT", help="the reason; the student reads it")
    command.add_argument("--revert", action="store_true", help="take the correction of this part back")
    add_source(command)
    add_output(command)
    add_policy(command)


def run(arguments: argparse.Namespace) -> int:
    """Note the correction, apply it, and write the student's page and grades.csv again."""
    from autograder.corrections import part_points
    from autograder.results.folder import Results
    from autograder.results.rewriting import settle

    student, assignment, part = arguments.student, arguments.assignment, arguments.part
    source, output = arguments.source.resolve(), arguments.output.resolve()
    with Results(output, policy=policy_of(arguments)) as results:
        record = results.record(student, assignment)
        if record is None or record.status != "graded":
            there = "nothing was graded" if record is None else f"it could not be graded: {record.message}"
            raise UserError(f"There are no points of {student} in {assignment} to correct: {there}.")
        mine = part_points(results.gradebook.points(assignment), part)
        if not sum(mine.values()):
            parts = dict.fromkeys(cell.partition("-")[0] for cell in results.gradebook.points(assignment))
            raise UserError(
                f"{assignment} has no part {part!r} with points; its parts are {', '.join(parts)}."
            )
        points, why = wanted(arguments, part, sum(mine.values()))
        if arguments.revert and not any(
            line.part == part for line in results.corrections.standing(assignment).get(student, [])
        ):
            raise UserError(f"There is no correction of {part} of {student} in {assignment} to take back.")
        results.correct(student, assignment, part, points, why)
        settle(results, source, assignment, [student])
        print(
            f"{student}: {part} of {assignment} {f'has {points} points' if points else 'is as the tests say'}"
        )
    return 0


def wanted(arguments: argparse.Namespace, part: str, most: float) -> tuple[str, str]:
    """Return the points, empty to take a correction back, and the reason."""
    why = " ".join((arguments.why or "").split())
    if arguments.revert == (arguments.points is not None):
        raise UserError("Say how many points the part gets, or --revert to take a correction back.")
    if not why and not arguments.revert:
        raise UserError("Say why: --why 'the reason that the student reads'.")
    if len(why) > MOST:
        raise UserError(f"The reason has {len(why)} characters; {MOST} is the most.")
    if arguments.revert:
        return "", why
    try:
        points = float(arguments.points)
    except ValueError:
        points = -1.0
    if not 0 <= points <= most:
        raise UserError(f"{part} has from 0 to {most:g} points, not {arguments.points}.")
    return f"{points:g}", why
