"""Grades every submission of an assignment, one after another, and says how it went."""

import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from autograder.files import content_hash, files_under
from autograder.key import make_key
from autograder.outcome import Outcome
from autograder.results import Results, number
from autograder.source import assignment_folder
from autograder.stock import attempt
from autograder.submissions import Submission, find


def grade(
    source: Path,
    assignment: str,
    submitted: Path,
    output: Path,
    *,
    students: list[str] | None = None,
    regrade: bool = False,
    timeout: int | None = None,
) -> int:
    """Grade the new and changed submissions of `assignment`.

    Parameters
    ----------
    source : Path
        The folder of all assignments with solutions.
    assignment : str
    submitted : Path
        Holds `STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb`.
    output : Path
        Gets `gradebook.db`, `grades.csv`, `feedback/` and `autograded/`.
    students : list of str, optional
        Grade only these.
    regrade : bool
        Grade unchanged submissions, too.
    timeout : int, optional
        Limit for each cell, in seconds.

    Returns
    -------
    int
        The exit code: 0 if every submission has a grade, 1 if some could not be graded.
    """
    folder = assignment_folder(source, assignment)
    submissions = find(submitted, assignment, students)
    results = Results(output)
    version = content_hash(files_under(folder), folder)
    todo, unchanged = [], 0
    for submission in submissions:
        digest = submission.content_hash()
        record = results.record(submission.student, assignment)
        if not regrade and record and (record.submission, record.source) == (digest, version):
            unchanged += 1
        else:
            todo.append((submission, digest))
    counts = (
        f"{len(submissions)} handed in, {len(todo)} to grade, {unchanged} unchanged since they were graded"
    )
    print(f"{assignment}: {counts}", flush=True)

    done = 0
    if todo:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            work = Path(temporary)
            key = make_key(source, assignment, work / "key")
            results.register(source, key, work / "register")
            try:
                for submission, digest in progress(todo):
                    outcome = attempt(submission, key, timeout)
                    results.store(submission, outcome, key, digest, version)
                    tell(submission.student, outcome)
                    done += 1
            except KeyboardInterrupt:
                results.write_csv()
                raise KeyboardInterrupt(
                    f"{done} of {len(todo)} submissions are graded and stored; the same command continues."
                ) from None
    results.write_csv()
    return summarize(results, submissions)


def tell(student: str, outcome: Outcome) -> None:
    """Print a line about one submission; on a terminal the bar says enough unless it failed."""
    if sys.stdout.isatty() and outcome.status == "graded":
        return
    result = "failed"
    if outcome.status == "graded":
        result = f"{number(sum(score or 0 for score in outcome.scores.values()))} points"
    tqdm.write(f"{student}: {result}" + (f" ({outcome.message})" if outcome.message else ""))
    sys.stdout.flush()


def progress(items: list):
    """Iterate with a progress bar on a terminal, plainly elsewhere."""
    return tqdm(items, unit="notebook", disable=not sys.stdout.isatty(), file=sys.stdout)


def summarize(results: Results, submissions: list[Submission]) -> int:
    """Print how many are graded and why the others are not; return the exit code."""
    records = [results.record(submission.student, submission.assignment) for submission in submissions]
    failed = [record for record in records if record.status == "failed"]
    print(f"graded {len(records) - len(failed):5d}\nfailed {len(failed):5d}")
    if failed:
        width = max(len(record.student) for record in failed)
        limit = max(60, shutil.get_terminal_size().columns) - width - 4
        for record in failed:
            message = record.message if len(record.message) <= limit else record.message[: limit - 1] + "…"
            print(f"  {record.student:{width}}  {message}")
        again = " ".join(shlex.quote(record.student) for record in failed)
        print(f"To try the failed ones again: --regrade --students {again}")
    print(f"grades: {results.csv}\nfeedback: {results.feedback}")
    return 1 if failed else 0
