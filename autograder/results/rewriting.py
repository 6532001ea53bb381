"""Writes the students' pages again, after a person has graded by hand or the term's rules have changed."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from autograder.answer_key import make_key, version_of
from autograder.policy import Policy
from autograder.results.folder import Results
from autograder.source import assignment_folder


def settle(results: Results, source: Path, assignment: str, students: Iterable[str] = ()) -> None:
    """Apply policy and corrections to what is stored; write the pages of whom it concerns, and grades.csv.

    Parameters
    ----------
    results : Results
    source : Path
        The folder of all assignments with solutions.
    assignment : str
    students : iterable of str
        Whose pages are written in any case.
    """
    concerned = {*students, *results.settle(assignment)}
    if concerned:
        folder = assignment_folder(source, assignment)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            key = make_key(source, assignment, Path(temporary), results.policy.written)
            results.rewrite_pages(key, version_of(folder, results.policy.written), concerned)
    results.write_csv()


def rewrite_pages(
    source: Path, assignment: str, output: Path, students: list[str] | None, policy: Policy | None = None
) -> int:
    """Write the feedback pages of an assignment again; return 1 if some could not be."""
    folder = assignment_folder(source, assignment)
    results = Results(output, policy=policy)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        key = make_key(source, assignment, Path(temporary), results.policy.written)
        left = results.rewrite_pages(key, version_of(folder, results.policy.written), students)
    results.write_csv()
    if left:
        print(
            f"graded on an earlier version of {assignment}, so left as they are: {', '.join(left)}; "
            f"run `python -m autograder grade {assignment}` for them"
        )
    print(f"feedback: {results.feedback}")
    return 1 if left else 0
