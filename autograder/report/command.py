"""`python -m autograder report`: write the page and the table of one assignment, or those of the term."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from autograder.files import ROOT, write_atomic
from autograder.options import add_output, add_policy, add_source, policy_of

BUILT = ROOT / "_build" / "html" / "book"


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="none: the term")
    command.add_argument(
        "--roster",
        type=Path,
        metavar="CSV",
        help="the class list, unless `grade` had it; who handed in nothing is listed",
    )
    command.add_argument(
        "--anonymous", action="store_true", help="leave out all about single students, to show in class"
    )
    command.add_argument("--to", type=Path, metavar="FILE", help="the page (OUTPUT/reports/ASSIGNMENT.html)")
    command.add_argument(
        "--book",
        default=os.environ.get("BOOK_ADDRESS", BUILT.as_uri()),
        metavar="URL",
        help="where the chapters are, for links (what make book built here)",
    )
    add_source(command)
    add_output(command)
    add_policy(command)


def run(arguments: argparse.Namespace) -> int:
    """Write the report asked for and say where it is."""
    from autograder.report import page, term
    from autograder.report.reading import read_class
    from autograder.report.sections import sections
    from autograder.results.folder import Results
    from autograder.roster import read_roster

    source, output = arguments.source.resolve(), arguments.output.resolve()
    roster = None if arguments.roster is None else read_roster(arguments.roster).students
    name = arguments.assignment or "term"
    target = arguments.to or output / "reports" / f"{name}{'-anonymous' if arguments.anonymous else ''}.html"
    policy = policy_of(arguments)
    with Results(output, policy=policy) as results:
        roster = results.class_list() if roster is None else roster
        if arguments.assignment is None:
            found = term.read_term(results, roster, policy)
            text, table = term.page(found, anonymous=arguments.anonymous), term.table(found)
        else:
            found = read_class(results, source, name, roster)
            explained = sections(source, name, ROOT / "book", arguments.book)
            due = policy.due.get(name)
            text = page.page(found, explained, due=due, anonymous=arguments.anonymous)
            table = page.table(found)
    write_atomic(target, text)
    print(f"{target}: the page")
    if not arguments.anonymous:
        write_atomic(target.with_suffix(".csv"), table)
        print(f"{target.with_suffix('.csv')}: a row a student")
    return 0
