"""`python -m autograder similar`: which submissions share code, as a page and a table."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.files import write_atomic
from autograder.options import add_output, add_source, whole


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("assignment", metavar="ASSIGNMENT")
    command.add_argument(
        "--pairs", type=whole, default=100, metavar="N", help="the most that are listed (100)"
    )
    command.add_argument(
        "--from", dest="percent", type=whole, default=50, metavar="PERCENT",
        help="leave out what is less similar (50)",
    )  # fmt: skip
    command.add_argument(
        "--to", type=Path, metavar="FILE", help="the page (OUTPUT/reports/ASSIGNMENT-similar.html)"
    )
    add_source(command)
    add_output(command)


def run(arguments: argparse.Namespace) -> int:
    """Compare the class, write the page and the table and say where they are."""
    from autograder.report.similar_page import page, table
    from autograder.report.similarity import compare
    from autograder.results.folder import Results

    source, output, name = arguments.source.resolve(), arguments.output.resolve(), arguments.assignment
    target = arguments.to or output / "reports" / f"{name}-similar.html"
    with Results(output) as results:
        comparison = compare(results, source, name, arguments.pairs, arguments.percent / 100)
    write_atomic(target, page(name, comparison, arguments.percent))
    write_atomic(target.with_suffix(".csv"), table(comparison))
    print(
        f"{len(comparison.students)} students compared; {len(comparison.pairs)} pairs share "
        f"at least {arguments.percent}% of their own code"
    )
    print(f"{target}: the page\n{target.with_suffix('.csv')}: a row a pair")
    return 0
