"""Grades the submissions of an assignment, side by side, and says how it went."""

import contextlib
import os
import shlex
import shutil
import sys
import tempfile
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from autograder.answer_key import Key, make_key, version_of
from autograder.errors import UserError
from autograder.files import files_under
from autograder.outcome import Outcome
from autograder.policy import Policy
from autograder.results.folder import Results
from autograder.results.rewriting import settle
from autograder.running import jobs
from autograder.running.messages import Done, Job
from autograder.running.plan import prepare
from autograder.source import assignment_folder
from autograder.spreadsheet import number
from autograder.stock import nbgrader_run as stock
from autograder.submissions.reader import FULL, QUICK, Reader, SlowError
from autograder.submissions.submission import Submission, UnreadableError, find
from autograder.workers.pool import Pool

if TYPE_CHECKING:
    from autograder.results.migrate import Migration

Todo = tuple[Submission, str]  # with the hash of what was handed in


@dataclass(frozen=True)
class Options:
    """How to grade.

    Parameters
    ----------
    students : tuple of str, optional
        Grade only these.
    regrade : bool
        Grade unchanged submissions, too.
    migrate : bool
        Bring the gradebook to the assignment's present cells first.
    timeout : int
        Limit for each cell, in seconds.
    workers : int, optional
        How many submissions at a time; the number of processors if None.
    shard : (int, int)
        Grade the i-th of n parts of the class, which are about equal and do not overlap.
    scheduler : str, optional
        The address of a dask scheduler, whose workers run the submissions.
    stock : bool
        Let nbgrader run the submissions, one after another and without isolation.
    in_process : bool
        Run the tests in the student's process: for debugging an assignment.
    unsafe : bool
        Grade without isolation.
    strict : bool
        Give no points, where a test forbids functions, to a notebook with lines that a person should read.
    memory : int
        Bytes that a submission may take.
    policy : Policy
        The term's rules: what is late, and what that costs.
    roster : tuple of str, optional
        Who belongs to the class, if that is to be noted.
    """

    students: tuple[str, ...] | None = None
    regrade: bool = False
    migrate: bool = False
    timeout: int = 60
    workers: int | None = None
    shard: tuple[int, int] = (1, 1)
    scheduler: str | None = None
    stock: bool = False
    in_process: bool = False
    unsafe: bool = False
    strict: bool = False
    memory: int = 2 * 1024**3
    policy: Policy = field(default_factory=Policy)
    roster: tuple[str, ...] | None = None


def grade(
    source: Path, assignment: str, submitted: Path, output: Path, options: Options | None = None
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
    options : Options, optional

    Returns
    -------
    int
        The exit code: 0 if every submission has a grade, 1 if some could not be graded.

    Raises
    ------
    UserError
        If nothing can be graded: an unknown assignment, no submissions, no isolation.
    """
    options = options or Options()
    folder = assignment_folder(source, assignment)
    submissions = in_shard(find(submitted, assignment, list(options.students or ())), options.shard)
    results = Results(output, policy=options.policy)
    version = version_of(folder, options.policy.written)
    todo: list[Todo] = []
    for submission in submissions:
        digest = submission.content_hash()
        record = results.record(submission.student, assignment)
        same = record and (record.submission, record.source) == (digest, version)
        if options.regrade or not same:
            todo.append((submission, digest))
    unchanged = len(submissions) - len(todo)
    print(
        f"{assignment}: {len(submissions)} handed in, {len(todo)} to grade, "
        f"{unchanged} unchanged since they were graded",
        flush=True,
    )
    done = 0
    if todo:
        with contextlib.ExitStack() as stack:
            # The runner gets ready while nbgrader is imported and the key is made.
            runner = None if options.stock else start_runner(len(todo), options)
            if runner is not None:
                stack.callback(runner.close)
            work = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            key = make_key(source, assignment, work / "key", options.policy.written)
            if options.migrate:
                tell_migration(results.migrate(key))
            results.register(key)
            if runner is None:
                attempts = by_nbgrader(todo, key, options)
            else:
                attempts = by_runner(todo, key, work, options, runner)
            try:
                with progress(len(todo)) as bar:
                    for submission, digest, outcome in attempts:
                        results.store(submission, outcome, key, digest, version)
                        done += 1
                        tell(submission.student, outcome)
                        bar.update()
            except KeyboardInterrupt:
                results.write_csv()
                raise KeyboardInterrupt(
                    f"{done} of {len(todo)} submissions are graded and stored; the same command continues."
                ) from None
            finally:
                attempts.close()
    if options.roster is not None:
        results.set_class(options.roster)
    settle(results, source, assignment)
    return summarize(results, assignment, submissions)


def in_shard(submissions: list[Submission], shard: tuple[int, int]) -> list[Submission]:
    """Return every n-th submission; who is in which part depends on the names alone."""
    index, count = shard
    return submissions[index - 1 :: count]


def by_nbgrader(todo: list[Todo], key: Key, options: Options) -> Iterator[tuple[Submission, str, Outcome]]:
    """Let nbgrader run the submissions one after another."""
    for submission, digest in todo:
        yield submission, digest, stock.attempt(submission, key, options.timeout)


def by_runner(
    todo: list[Todo], key: Key, work: Path, options: Options, runner: Any
) -> Iterator[tuple[Submission, str, Outcome]]:
    """Run the submissions in warm processes; yield each as it is done."""
    prepared = prepare(key)
    runner.prepare(prepared.modules)
    files = other_files(key)
    under_way: dict[int, tuple[str, jobs.Pending]] = {}
    ready: list[tuple[Submission, str, Outcome]] = []  # failed before anything was run

    def messages(reader: Reader) -> Iterator[tuple[int, Job]]:
        waiting = deque((tag, one, QUICK) for tag, one in enumerate(todo))
        while waiting:
            tag, (submission, digest), seconds = waiting.popleft()
            try:
                read = reader.read(submission, seconds)
                if options.in_process:
                    read.notebook.metadata["autograder"] = {"tests": "among the answers"}
                how = {"in_process": options.in_process, "strict": options.strict}
                pending = jobs.prepare_job(submission, read, prepared, work / "jobs" / str(tag), **how)
            except SlowError as error:
                # The others must not wait for it: it gets its time after them.
                if seconds < FULL:
                    waiting.append((tag, (submission, digest), FULL))
                else:
                    ready.append((submission, digest, failure(error)))
                continue
            except UserError:
                raise  # this machine cannot isolate it
            except Exception as error:  # one submission, whatever is wrong with it, must not stop the others
                ready.append((submission, digest, failure(error)))
                continue
            under_way[tag] = digest, pending
            yield tag, jobs.job_of(pending, options.timeout, files)

    with Reader(key, options.unsafe) as reader:
        for tag, answer in runner.run(messages(reader)):
            digest, pending = under_way.pop(tag)
            try:
                outcome = jobs.finish(pending, Done(**answer), key)
            except Exception as error:
                outcome = failure(error)
            yield pending.submission, digest, outcome
            while ready:
                yield ready.pop()
    yield from ready


def failure(error: Exception) -> Outcome:
    """Return the outcome of a submission that could not be run."""
    if isinstance(error, UnreadableError):
        return Outcome("failed", str(error), isolation="not run")
    details = "".join(traceback.format_exception(error))
    reason = f"the autograder stumbled over it ({type(error).__name__}); its record holds the details"
    return Outcome("failed", reason, details, isolation="not run")


def start_runner(submissions: int, options: Options) -> Any:
    """Return what runs jobs: warm processes here, as many as there are processors, or on a cluster."""
    if options.scheduler is None:
        workers = min(submissions, options.workers or os.cpu_count() or 1)
        return Pool(workers, options.memory, options.unsafe, jobs.PROGRAM, submissions)
    from autograder.workers.cluster import Cluster

    return Cluster(options.scheduler, options.memory, options.unsafe, jobs.PROGRAM)


def other_files(key: Key) -> Path | None:
    """Return the folder of the release if it holds more than the notebook."""
    folder = key.work / "exercises" / key.assignment
    return folder if any(path.suffix != ".ipynb" for path in files_under(folder)) else None


def tell_migration(migration: "Migration | None") -> None:
    """Print what became of the gradebook."""
    if migration is None:
        return
    for what, names in (("new", migration.added), ("gone", migration.removed)):
        if names:
            print(f"graded cells that are {what}: {', '.join(names)}")
    for student, names in migration.dropped.items():
        print(f"{student}: what a person gave for {', '.join(names)} is gone with these cells")
    print(f"the gradebook as it was: {migration.backup}", flush=True)


def tell(student: str, outcome: Outcome) -> None:
    """Print a line about one submission; on a terminal the bar says enough unless it failed."""
    if sys.stdout.isatty() and outcome.status == "graded":
        return
    result = "failed"
    if outcome.status == "graded":
        result = f"{number(sum(score or 0 for score in outcome.scores.values()))} points"
    tqdm.write(f"{student}: {result}" + (f" ({outcome.message})" if outcome.message else ""))
    sys.stdout.flush()


def progress(total: int) -> tqdm:
    """Return a progress bar with rate and time left on a terminal; elsewhere it shows nothing."""
    return tqdm(total=total, unit="notebook", disable=not sys.stdout.isatty(), file=sys.stdout)


def summarize(results: Results, assignment: str, submissions: list[Submission]) -> int:
    """Print how many are graded and repaired, and why the others are not; return the exit code."""
    records = [results.record(submission.student, submission.assignment) for submission in submissions]
    failed = [record for record in records if record.status == "failed"]
    repaired = [record for record in records if record.status == "graded" and record.message]
    grades = results.grades(assignment)
    waiting = [
        record
        for record in records
        if record.status == "graded" and record.student in grades and grades[record.student].waiting
    ]
    missing = results.missing(assignment)
    print(f"graded   {len(records) - len(failed) - len(waiting):5d}")
    if waiting:
        print(
            f"waiting  {len(waiting):5d}  (for a person to grade what they wrote; the score is not whole yet)"
        )
    print(f"repaired {len(repaired):5d}\nfailed   {len(failed):5d}")
    if missing:
        print(f"missing  {len(missing):5d}  (in the class list, and handed in nothing)")
    for title, listed in (("repaired or noted", repaired), ("failed", failed)):
        if listed:
            print(f"{title}:")
            list_records(listed)
    if failed:
        again = " ".join(shlex.quote(record.student) for record in failed)
        print(f"To try the failed ones again: --regrade --students {again}")
    print(f"isolation: {', '.join(sorted({record.isolation for record in records}))}")
    print(f"grades: {results.csv}\nfeedback: {results.feedback}")
    return 1 if failed else 0


def list_records(records: list[Any]) -> None:
    """Print a line for each record."""
    width = max(len(record.student) for record in records)
    limit = max(60, shutil.get_terminal_size().columns) - width - 4
    for record in records:
        message = record.message if len(record.message) <= limit else record.message[: limit - 1] + "…"
        print(f"  {record.student:{width}}  {message}")
