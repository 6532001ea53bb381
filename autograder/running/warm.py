"""The warm parents: processes that have PyTorch loaded and fork a judge and a student for each submission.

`python -m autograder.running.warm` loads all that takes time, reads a line of JSON on stdin with the modules
to load too, and forks a warm parent for each pair of pipes it was given. That one writes how it is isolated,
then reads a job a line and answers with a line each.
A forked process inherits its parent's memory, so that knows jobs by the paths of their files only: it never
holds a test, an answer or a result. It has one thread, for a fork copies only the thread that forks.
(onnxruntime starts another one when it is loaded; it waits, holds nothing, and no child misses it.)
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from autograder.files import remove_tree
from autograder.running.cheap_forks import make_forks_cheap
from autograder.running.loading import load, load_modules

AGAIN = 10  # the judge's exit code when it needs a new student's process
GRACE = 5.0  # seconds between asking a cell to stop and ending its process


@dataclass
class Pair:
    """A judge and a student at work on one submission."""

    judge: int
    student: int
    control: socket.socket
    cell: int | None = None  # which one is running
    deadline: float = float("inf")
    asked: bool = False  # whether the student was asked to stop
    lines: bytes = field(default=b"", repr=False)


def main(arguments: list[str]) -> None:
    """Load what submissions use and fork the warm parents; each says hello, then works until jobs end."""
    options = json.loads(arguments[0])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the one who started this
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)  # see above
    gc.disable()  # what is loaded stays: looking through it again and again takes a sixth of the time
    shell = load()
    modules = sys.stdin.readline()
    if not modules:
        return  # nothing is to be graded
    load_modules(json.loads(modules))
    if options["many"]:
        make_forks_cheap()
    limits = None
    if not options["unsafe"]:
        from autograder.isolation.sandbox import Limits

        limits = Limits(memory=options["memory"])
    serve(options["pipes"], limits, lambda job: work(job, shell, limits))


def serve(pipes: list[list[int]], limits: Any, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Fork a process for each pair of pipes, which says hello and answers jobs; wait until all have ended."""
    files = fork_workers(pipes)
    if files is None:
        return
    jobs, answers = files
    print(json.dumps(try_isolation(limits)), file=answers, flush=True)
    for line in jobs:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


def fork_workers(pipes: list[list[int]]) -> tuple[TextIO, TextIO] | None:
    """Fork a process for each pair of pipes, and wait until all have ended.

    Returns
    -------
    (file, file) or None
        In a forked process where its jobs come from and where its answers go; None in this one.
    """
    for number, (jobs, answers) in enumerate(pipes, start=1):
        if os.fork() == 0:
            # Who held an end of another's pipe would keep the end of that process from being noticed.
            for others in pipes[number:]:
                for end in others:
                    os.close(end)
            os.dup2(jobs, 0)
            os.close(jobs)
            return open(0, closefd=False), open(answers, "w")
        os.close(jobs)
        os.close(answers)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    return None


def try_isolation(limits: Any) -> dict[str, str]:
    """Prepare the isolation of this process's children; say which they get, or why they get none."""
    if limits is None:
        return {"isolation": "none"}
    from autograder.isolation.sandbox import IsolationError, enter, prepare, readable_paths

    reader, writer = os.pipe()

    def attempt() -> int:
        try:
            answer = {"isolation": enter(Path(scratch), readable_paths(), limits, keep=[writer])}
        except IsolationError as error:
            answer = {"error": str(error)}
        os.write(writer, json.dumps(answer).encode())
        return 0

    try:
        prepare()
    except IsolationError as error:
        return {"error": str(error)}
    with tempfile.TemporaryDirectory() as scratch:
        child = fork(attempt)
        os.close(writer)
        with os.fdopen(reader) as file:
            answer = file.read()
        os.waitpid(child, 0)
    return json.loads(answer) if answer else {"error": "a process that isolates itself does not come up here"}


def fork(function: Callable[..., int | None], *arguments: Any) -> int:
    """Run `function` in a child process, which ends with it; return the child's number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = function(*arguments) or 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def work(job: dict[str, Any], shell: Any, limits: Any) -> dict[str, Any]:
    """Grade one submission and return how it went; its results are in the job's file `results`.

    A pair that dies or hangs is followed by another, which runs the answers again but neither the tests that
    have a result nor the cell that ended the pair before it.
    """
    failed: dict[int, str] = {}
    end = time.monotonic() + job["total"]
    pairs = 0
    while pairs < job["pairs"]:
        pairs += 1
        folder = Path(tempfile.mkdtemp(dir=job["scratch"]))
        pair = start(job, shell, limits, failed, folder)
        reason = "total"
        try:
            reason = watch(pair, job["timeout"], end)
        finally:
            code = stop(pair, reason)
            remove_tree(folder)
        if reason == "finished" and code == 0:
            return {"status": "finished", "pairs": pairs}
        if reason == "total":
            return {"status": "total", "pairs": pairs}
        if reason == "late" or code != AGAIN:
            if pair.cell is None:
                return {"status": "broken", "pairs": pairs}
            failed[pair.cell] = "late" if reason == "late" else "dead"
    return {"status": "pairs", "pairs": pairs}


def start(job: dict[str, Any], shell: Any, limits: Any, failed: dict[int, str], folder: Path) -> Pair:
    """Fork a student and a judge that talk to each other."""
    from autograder.running.judge import be_judge
    from autograder.running.student import be_student

    for name in ("student", "judge"):
        (folder / name).mkdir()
    of_student, of_judge = socket.socketpair()
    ours, theirs = socket.socketpair()

    def student() -> None:
        for other in (of_judge, ours, theirs):
            other.close()
        files = Path(job["files"]) if job["files"] else None
        be_student(of_student, shell, folder / "student", files, limits)

    def judge() -> int:
        of_student.close()
        ours.close()
        plan, results = Path(job["plan"]), Path(job["results"])
        return be_judge(of_judge, theirs, plan, results, failed, folder / "judge", limits)

    pair = Pair(judge=0, student=fork(student), control=ours)
    pair.judge = fork(judge)
    for other in (of_student, of_judge, theirs):
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
                pair.cell, pair.asked, pair.deadline = int(line), False, time.monotonic() + timeout
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
    """End both processes, the judge only if it does not end by itself; return the judge's exit code."""
    end = time.monotonic() + (GRACE if reason == "finished" else 0)
    while True:
        child, status = os.waitpid(pair.judge, os.WNOHANG)
        if child:
            break
        if time.monotonic() >= end:
            os.kill(pair.judge, signal.SIGKILL)
        time.sleep(0.001)
    os.kill(pair.student, signal.SIGKILL)
    os.waitpid(pair.student, 0)
    pair.control.close()
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # at an ordinary exit some libraries complain about themselves
