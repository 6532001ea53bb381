"""The command line: `python -m autograder COMMAND`."""

import argparse
import gc
import signal
import sys
from pathlib import Path

from autograder import environment

environment.enter()  # before the imports that another Python may lack

from autograder import erasing, formgrader, giving_back, overrides, written
from autograder.errors import UserError
from autograder.files import ROOT
from autograder.leaderboard import command as leaderboard
from autograder.options import (
    add_grading,
    add_output,
    add_policy,
    add_source,
    add_submitted,
    moment,
    policy_of,
    whole,
)
from autograder.report import command as report
from autograder.report import similar

EPILOG = """\
exit codes:
  0  everything asked for was done
  1  some of it could not be done; the output names what and why
  2  nothing was done: the command, or a file that it needs, has to be mended first
  130  stopped with Ctrl-C; the same command continues
"""
ADDRESS = "the course's address, such as https://github.com/OWNER/REPO"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    main = argparse.ArgumentParser(
        prog="python -m autograder",
        description="Make the student release from solutions/, collect and grade what students hand in.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=text, description=text, epilog=EPILOG, formatter_class=main.formatter_class
        )

    made = command("new", "make the skeleton of a chapter and its assignment, and list them")
    made.add_argument("slug", metavar="SLUG", help="their common name, such as receptive_field")

    command("lists", "renew the lists of chapters and assignments in the README and the book")

    made = command("release", "make the students' version of assignments")
    made.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    made.add_argument("--all", action="store_true", help="every assignment under --source")
    add_source(made)
    made.add_argument(
        "--output", type=Path, default=ROOT / "exercises", metavar="DIR", help="where to (exercises)"
    )
    made.add_argument(
        "--repository", metavar="URL", help=f"{ADDRESS}; the first cell then installs cnnlib from there"
    )

    made = command("student-branch", "assemble the tree that students and Colab open")
    made.add_argument("output", type=Path, metavar="OUT", help="an empty or absent folder")
    made.add_argument("--repository", metavar="URL", required=True, help=ADDRESS)
    add_source(made)

    command("student-tag", "tell the tag of the student branch that keeps the present cnnlib")

    made = command("leaks", "find parts of solutions and hidden tests in what is to be published")
    made.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    add_source(made)

    made = command("collect", "put downloaded submissions where grade finds them")
    made.add_argument("assignment", metavar="ASSIGNMENT")
    made.add_argument(
        "from_", type=Path, metavar="FROM", help="a folder or zip from Canvas, Moodle or Gradescope"
    )
    made.add_argument("--roster", type=Path, metavar="CSV", help="who is who; column `student` and others")
    made.add_argument(
        "--received", type=moment, metavar="TIME",
        help="when they were handed in, in UTC, such as 2026-11-20T18:00, where the platform does not tell",
    )  # fmt: skip
    add_submitted(made)

    for name, text in (
        ("grade", "grade the new and changed submissions of an assignment"),
        ("regrade", "grade all submissions again, also after the assignment's tests have changed"),
    ):
        made = command(name, text)
        made.add_argument("assignment", metavar="ASSIGNMENT")
        add_source(made)
        add_submitted(made)
        add_output(made)
        add_policy(made)
        add_grading(made)
        if name == "regrade":
            made.add_argument(
                "--dry-run",
                action="store_true",
                help="say whose scores would change by how much, and write nothing",
            )

    made = command("feedback", "write the feedback pages again, after grading by hand")
    made.add_argument("assignment", metavar="ASSIGNMENT")
    made.add_argument("--students", nargs="+", metavar="STUDENT", help="only these")
    add_source(made)
    add_output(made)
    add_policy(made)

    made = command("override", "give a part other points than its tests, with a reason, or take that back")
    overrides.add_options(made)

    made = command(
        "formgrader", "grade by hand in the browser: open nbgrader's pages on the graded submissions"
    )
    formgrader.add_options(made)

    made = command("written", "grade the answers in words in a spreadsheet")
    written.add_options(made)

    made = command("export", "write the grades for a spreadsheet, Canvas or Moodle")
    made.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all that are graded")
    made.add_argument("--format", choices=("csv", "canvas", "moodle"), default="csv", help="(csv)")
    made.add_argument("--to", type=Path, required=True, metavar="FILE", help="the file to write")
    made.add_argument(
        "--roster", type=Path, metavar="CSV", help="who is who; for Canvas its own exported gradebook"
    )
    made.add_argument("--partial", action="store_true", help="also what still waits for a person's grade")
    add_output(made)

    made = command("report", "show how a class did on an assignment, or on all: a page and a table")
    report.add_options(made)

    made = command(
        "return", "pack the students' pages as Canvas or Moodle take them back, and for mail merge"
    )
    giving_back.add_options(made)

    made = command("similar", "show which submissions of an assignment share code: a page and a table")
    similar.add_options(made)

    made = command("erase", "remove all that is stored of one student")
    erasing.add_options(made)

    made = command("leaderboard", "score the networks of the challenge and write the leaderboard's page")
    leaderboard.add_options(made, whole)

    made = command("example", "write a small class to try these commands on")
    made.add_argument(
        "folder", type=Path, metavar="FOLDER", help="gets submissions.zip, class.csv, policy.toml"
    )

    made = command("doctor", "tell what isolation this machine offers, and whether the references pass here")
    made.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all")
    add_source(made)
    return main


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out and return the exit code."""
    return COMMANDS[arguments.command](arguments)


def release(arguments: argparse.Namespace) -> int:
    """Make the releases asked for; one that fails does not keep the others from being made."""
    from autograder.releasing.release import make_tables, release, ship_cells
    from autograder.releasing.setup_cell import check_repository
    from autograder.source import assignment_folder, assignment_names

    source = arguments.source.resolve()
    if bool(arguments.assignments) == arguments.all:
        raise UserError("Say which assignments to release: their names, or --all.")
    names = assignment_names(source) if arguments.all else arguments.assignments
    if arguments.repository is not None:
        check_repository(arguments.repository)
    for name in names:
        assignment_folder(source, name)
    output = arguments.output.resolve()
    # The package holds the tables and cells of the course's own release. With an address in its set-up cell
    # it would name the version of the package, which its copy there would change.
    own = (source, output, arguments.repository) == (ROOT / "solutions", ROOT / "exercises", None)
    failed = 0
    for name in names:
        try:
            changed = own and make_tables(source, name)
            changed |= release(source, name, output, arguments.repository)
            if own:
                changed |= ship_cells(output / name / f"{name}.ipynb")
        except UserError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
        else:
            print(f"{name}: {'released' if changed else 'is current'} in {arguments.output / name}")
    return failed


def new(arguments: argparse.Namespace) -> int:
    """Write the skeleton, release it and list it."""
    from autograder.authoring.new import write_skeleton

    for path in write_skeleton(ROOT, arguments.slug):
        print(path)
    arguments = parser().parse_args(["release", arguments.slug])
    return release(arguments) or lists(arguments)


def lists(arguments: argparse.Namespace) -> int:
    """Renew the lists of chapters."""
    from autograder.authoring.lists import write_lists

    print("\n".join(write_lists(ROOT)) or "The lists are current.")
    return 0


def student_branch(arguments: argparse.Namespace) -> int:
    """Assemble the student branch."""
    from autograder.releasing.student_branch import assemble

    assemble(arguments.source.resolve(), arguments.output.resolve(), arguments.repository)
    print(f"{arguments.output} holds the student branch")
    return 0


def student_tag(arguments: argparse.Namespace) -> int:
    """Print the tag."""
    from autograder.releasing.student_tag import student_tag

    print(student_tag())
    return 0


def leaks(arguments: argparse.Namespace) -> int:
    """Search folders for what must not leave this repository."""
    from autograder.releasing.leaks import leaks, secrets

    words = secrets(arguments.source)
    if not any(word.startswith("canary-") for word in words):
        raise UserError(
            f"There is no marker under {arguments.source} to look for; name the solutions by --source."
        )
    for folder in arguments.folders:
        if not any(folder.rglob("*")):
            raise UserError(f"{folder} is empty or does not exist.")
    found = [f"{folder}/{each}" for folder in arguments.folders for each in leaks(folder, words)]
    print("\n".join(found) or f"No leak: {len(words)} marks are in none of the files.")
    return 1 if found else 0


def collect(arguments: argparse.Namespace) -> int:
    """Sort downloaded submissions into folders."""
    from autograder.submissions.collect import collect

    folders = (arguments.submitted.resolve(), arguments.roster)
    collected = collect(
        arguments.from_.resolve(), arguments.assignment, *folders, received=arguments.received
    )
    print("\n".join(collected.lines))
    return collected.exit_code


def grade(arguments: argparse.Namespace) -> int:
    """Grade what is new, changed or asked for."""
    from autograder.grade import Options, grade
    from autograder.rehearsal import rehearse
    from autograder.roster import read_roster

    if arguments.stock and (arguments.scheduler or arguments.in_process):
        raise UserError("--stock lets nbgrader do everything; leave --scheduler and --in-process out.")
    options = Options(
        students=tuple(arguments.students) if arguments.students else None,
        regrade=arguments.regrade or arguments.command == "regrade",
        migrate=arguments.command == "regrade",
        timeout=arguments.timeout,
        workers=arguments.workers,
        shard=arguments.shard,
        scheduler=arguments.scheduler,
        stock=arguments.stock,
        in_process=arguments.in_process,
        unsafe=arguments.unsafe,
        strict=arguments.strict,
        memory=arguments.memory * 1024**2,
        policy=policy_of(arguments),
        roster=None if arguments.roster is None else tuple(read_roster(arguments.roster).students),
    )
    folders = (arguments.submitted.resolve(), arguments.output.resolve())
    if getattr(arguments, "dry_run", False):
        return rehearse(arguments.source.resolve(), arguments.assignment, *folders, options)
    return grade(arguments.source.resolve(), arguments.assignment, *folders, options)


def feedback(arguments: argparse.Namespace) -> int:
    """Write feedback pages again."""
    from autograder.results.rewriting import rewrite_pages

    folders = (arguments.source.resolve(), arguments.assignment, arguments.output.resolve())
    return rewrite_pages(*folders, arguments.students, policy_of(arguments))


def export(arguments: argparse.Namespace) -> int:
    """Write the grades in another program's format."""
    from autograder.results.export import export
    from autograder.results.folder import Results

    folders = (arguments.to.resolve(), arguments.roster)
    made = export(
        Results(arguments.output.resolve()), arguments.assignments, arguments.format, *folders,
        partial=arguments.partial,
    )  # fmt: skip
    print("\n".join(made.lines))
    return made.exit_code


def example(arguments: argparse.Namespace) -> int:
    """Write a class."""
    from autograder.example import write_class

    print(write_class(arguments.folder.resolve()))
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Examine this machine."""
    from autograder.check_references import check_references
    from autograder.isolation.doctor import report

    lines, sufficient = report()
    print("\n".join(lines), flush=True)
    if not sufficient:
        return 1
    return check_references(arguments.source.resolve(), arguments.assignments)


COMMANDS = {
    "new": new,
    "lists": lists,
    "release": release,
    "student-branch": student_branch,
    "student-tag": student_tag,
    "leaks": leaks,
    "collect": collect,
    "grade": grade,
    "regrade": grade,
    "feedback": feedback,
    "export": export,
    "override": overrides.run,
    "formgrader": formgrader.run,
    "written": written.run,
    "report": report.run,
    "return": giving_back.run,
    "similar": similar.run,
    "erase": erasing.run,
    "leaderboard": leaderboard.run,
    "example": example,
    "doctor": doctor,
}


def main() -> int:
    """Run the command line; a mistake becomes one sentence, an interruption another."""
    # Being asked to end is handled like Ctrl-C: what is finished is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.set_threshold(10_000)  # notebooks are many small objects: 700 makes it look through them all the time
    try:
        return run(parser().parse_args())
    except (UserError, OSError) as error:
        print(f"python -m autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as interruption:
        print(
            f"\nStopped. {interruption or 'Nothing was changed by halves; run the command again.'}",
            file=sys.stderr,
        )
        return 130


if __name__ == "__main__":
    sys.exit(main())
