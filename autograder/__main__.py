"""The command line: `python -m autograder COMMAND`."""

import argparse
import signal
import sys
from pathlib import Path

from autograder.errors import UserError
from autograder.files import ROOT

EPILOG = """\
exit codes:
  0  everything asked for was done
  1  grade: some submissions could not be graded (the table names them); release: one could not be made
  2  nothing was done: the command, or a file that it needs, has to be mended first
  130  stopped with Ctrl-C; the same command continues
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    main = argparse.ArgumentParser(
        prog="python -m autograder",
        description="Make the student release from solutions/ and grade what students hand in.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, help=text, description=text, epilog=EPILOG, formatter_class=main.formatter_class
        )
        made.add_argument(
            "--source",
            type=Path,
            default=ROOT / "solutions",
            metavar="DIR",
            help="assignments with solutions (solutions)",
        )
        return made

    address = "the course's address, such as https://github.com/OWNER/REPO"

    made = command("release", "make the students' version of assignments")
    made.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    made.add_argument("--all", action="store_true", help="every assignment under --source")
    made.add_argument(
        "--output", type=Path, default=ROOT / "exercises", metavar="DIR", help="where to (exercises)"
    )
    made.add_argument(
        "--repository", metavar="URL", help=f"{address}; the first cell then installs cnnlib from there"
    )

    made = command("student-branch", "assemble the tree that students and Colab open")
    made.add_argument("output", type=Path, metavar="OUT", help="an empty or absent folder")
    made.add_argument("--repository", metavar="URL", required=True, help=address)

    made = command("grade", "grade every submission of an assignment")
    made.add_argument("assignment", metavar="ASSIGNMENT")
    made.add_argument(
        "--submitted", type=Path, default=ROOT / "autograder" / "submitted", metavar="DIR",
        help="holds STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb (autograder/submitted)",
    )  # fmt: skip
    made.add_argument(
        "--output", type=Path, default=ROOT / "autograder", metavar="DIR",
        help="gets gradebook.db, grades.csv, feedback/ and autograded/ (autograder)",
    )  # fmt: skip
    made.add_argument("--students", nargs="+", metavar="STUDENT", help="only these")
    made.add_argument("--regrade", action="store_true", help="grade unchanged submissions again, too")
    made.add_argument("--timeout", type=seconds, metavar="SECONDS", help="limit for each cell (60)")
    return main


def seconds(text: str) -> int:
    """Read a time limit."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number of seconds is expected, not {text!r}")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out and return the exit code."""
    # nbformat's validator tries this optional package; its import costs seconds and it only checks addresses.
    sys.modules.setdefault("rfc3987_syntax", None)
    if arguments.command == "release":
        return release(arguments)
    if arguments.command == "student-branch":
        from autograder.student_branch import assemble

        assemble(arguments.source.resolve(), arguments.output.resolve(), arguments.repository)
        print(f"{arguments.output} holds the student branch")
        return 0
    from autograder.grade import grade

    return grade(
        arguments.source.resolve(),
        arguments.assignment,
        arguments.submitted.resolve(),
        arguments.output.resolve(),
        students=arguments.students,
        regrade=arguments.regrade,
        timeout=arguments.timeout,
    )


def release(arguments: argparse.Namespace) -> int:
    """Make the releases asked for; one that fails does not keep the others from being made."""
    from autograder.release import release
    from autograder.setup_cell import check_repository
    from autograder.source import assignment_folder, assignment_names

    source = arguments.source.resolve()
    if bool(arguments.assignments) == arguments.all:
        raise UserError("Say which assignments to release: their names, or --all.")
    names = assignment_names(source) if arguments.all else arguments.assignments
    if arguments.repository is not None:
        check_repository(arguments.repository)
    for name in names:
        assignment_folder(source, name)
    failed = 0
    for name in names:
        try:
            changed = release(source, name, arguments.output.resolve(), arguments.repository)
        except UserError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = 1
        else:
            print(f"{name}: {'released' if changed else 'is current'} in {arguments.output / name}")
    return failed


def main() -> int:
    """Run the command line; a mistake becomes one sentence, an interruption another."""
    # Being asked to end is handled like Ctrl-C: what is finished is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
