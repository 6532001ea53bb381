"""A judge and a student's process for each run of a submission: started, watched, ended, started again."""

import json
import os
import select
import signal
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from autograder.files import remove_tree
from autograder.running.code import SHOWN
from autograder.running.judge import AGAIN, be_judge
from autograder.running.messages import Done, Job
from autograder.running.student import Students, StudentsElsewhere
from autograder.workers.forks import GRACE, fork, reap

SHORT = 0.1  # the part of its time that a cell gets that was stopped in an earlier run


@dataclass
class Pair:
    """A judge and a student at work on one submission."""

    judge: int
    student: int
    students: Students | StudentsElsewhere
    control: socket.socket
    helper: int | None = None  # the process that reads a student's file, where tests need one
    cell: int | None = None  # which one is running
    deadline: float = float("inf")
    asked: bool = False  # whether the student was asked to stop
    lines: bytes = field(default=b"", repr=False)


class Runs:
    """Runs submissions in processes that this one forks.

    Parameters
    ----------
    students : Students
        Forks students' processes from this one.
    """

    def __init__(self, students: Students) -> None:
        self._students = students
        self._without: dict[tuple[str, ...], StudentsElsewhere] = {}

    def work(self, job: Job) -> Done:
        """Run one submission and return how it went; what came out is in the job's file `results`."""
        ended: dict[int, str] = {}
        statuses = {}
        for run, names in job.runs.items():
            if run == SHOWN or len(statuses) == 1:  # the runs that nobody sees share their time
                end = time.monotonic() + job.total
            failed = dict(ended)
            try:
                statuses[run] = self._work(job, run, tuple(names), failed, end)
            except (OSError, EOFError) as error:
                if tuple(names) in self._without:
                    self._without.pop(tuple(names)).close()
                statuses[run] = "broken"
                print(f"{type(error).__name__}: {error}", flush=True)
            if run == SHOWN:
                ended = failed
        return Done("finished", statuses)

    def close(self) -> None:
        """End what was forked."""
        for students in self._without.values():
            students.close()

    def _work(self, job: Job, run: str, names: tuple[str, ...], failed: dict[int, str], end: float) -> str:
        """Do one run of a submission; note in `failed` the cells that ended a process.

        A pair that dies or hangs is followed by another, which runs the answers again but neither the tests
        that have a result nor the cell that ended the pair before it.
        """
        students = self._students_without(names)
        for _ in range(job.pairs):
            folder = Path(tempfile.mkdtemp(dir=job.scratch))
            pair = start(job, run, students, self._students, failed, folder)
            reason = "total"
            try:
                reason = watch(pair, job.timeout, end)
            finally:
                code = stop(pair, reason)
                remove_tree(folder)
            if reason == "finished" and code == 0:
                return "finished"
            if reason == "total":
                return "total"
            if reason == "late" or code != AGAIN:
                if pair.cell is None:
                    return "broken"
                failed[pair.cell] = "late" if reason == "late" else "dead"
        return "pairs"

    def _students_without(self, names: tuple[str, ...]) -> Students | StudentsElsewhere:
        if not names:
            return self._students
        if names not in self._without:
            self._without[names] = StudentsElsewhere(names, self._students)
        return self._without[names]


def start(
    job: Job,
    run: str,
    students: Students | StudentsElsewhere,
    here: Students,
    failed: dict[int, str],
    folder: Path,
) -> Pair:
    """Start a student and a judge that talk to each other, and a helper if the job needs one."""
    for name in ("student", "judge", "helper"):
        (folder / name).mkdir()
    of_student, of_judge = socket.socketpair()
    ours, theirs = socket.socketpair()
    helper, to_helper = None, None
    if job.apart:
        of_helper, to_helper = socket.socketpair()
        helper = here.start(
            of_helper, folder / "helper", None, [of_student, of_judge, ours, theirs, to_helper]
        )
        of_helper.close()

    def judge() -> int:
        of_student.close()
        ours.close()
        plan, results = Path(job.plan), Path(job.results)
        return be_judge(
            of_judge, theirs, to_helper, plan, results, run, failed, folder / "judge", here.limits
        )

    others = [of_judge, ours, theirs, *([to_helper] if to_helper else [])]
    files = Path(job.files) if job.files else None
    student = students.start(of_student, folder / "student", files, others)
    pair = Pair(judge=0, student=student, students=students, control=ours, helper=helper)
    pair.judge = fork(judge)
    for other in (of_student, *others):
        if other is not ours:
            other.close()
    return pair


def watch(pair: Pair, timeout: float, end: float) -> str:
    """Wait until the judge is done, and keep the limits of time.

    Returns
    -------
    str
        "finished" (the judge ended), "late" (a cell did not stop), "total" (the submission's time is used up)
    """
    parent = select.poll()
    parent.register(0, 0)  # only tells when nobody is left who wants an answer
    while True:
        now = time.monotonic()
        wait = max(0.0, min(pair.deadline, end, now + 1.0) - now)
        if select.select([pair.control], [], [], wait)[0]:
            data = pair.control.recv(4096)
            if not data:
                return "finished"
            *lines, pair.lines = (pair.lines + data).split(b"\n")
            for line in lines:
                pair.cell, short = json.loads(line)
                pair.asked = False
                pair.deadline = time.monotonic() + (max(1.0, SHORT * timeout) if short else timeout)
        now = time.monotonic()
        if now >= end:
            return "total"
        if now >= pair.deadline:
            if pair.asked:
                return "late"
            os.kill(pair.student, signal.SIGINT)
            pair.asked, pair.deadline = True, now + GRACE
        if parent.poll(0):
            stop(pair, "total")
            os._exit(1)


def stop(pair: Pair, reason: str) -> int:
    """End all processes, the judge only if it does not end by itself; return the judge's exit code."""
    status, _ = reap(pair.judge, GRACE if reason == "finished" else 0)
    pair.control.close()
    if pair.helper is not None:
        os.kill(pair.helper, signal.SIGKILL)
        os.waitpid(pair.helper, 0)
    pair.students.stop(pair.student)
    return os.waitstatus_to_exitcode(status)
