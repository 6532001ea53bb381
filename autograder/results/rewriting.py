"""Writes the students' pages again, after a person has graded by hand."""

import tempfile
from pathlib import Path

from autograder.answer_key import make_key
from autograder.files import content_hash, files_under
from autograder.results.folder import Results
from autograder.source import assignment_folder


def rewrite_pages(source: Path, assignment: str, output: Path, students: list[str] | None) -> int:
    """Write the feedback pages of an assignment again; return 1 if some could not be."""
    folder = assignment_folder(source, assignment)
    results = Results(output)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        key = make_key(source, assignment, Path(temporary))
        left = results.rewrite_pages(key, content_hash(files_under(folder), folder), students)
    results.write_csv()
    if left:
        print(
            f"graded on an earlier version of {assignment}, so left as they are: {', '.join(left)}; "
            f"run `python -m autograder grade {assignment}` for them"
        )
    print(f"feedback: {results.feedback}")
    return 1 if left else 0
