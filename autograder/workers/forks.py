"""Processes that are forked side by side, each of which answers jobs, and what they fork in turn.

A forked process inherits its parent's memory, so the parent knows jobs by the paths of their files only.
It has one thread, for a fork copies only the thread that forks: a lock that another one holds stays locked in
the child for ever. Should that happen all the same, each wait for a child has an end, and no child outlives
its parent.
"""

import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from autograder.isolation.sandbox import DIE_WITH_PARENT, set_process

COMING_UP = 60.0  # seconds for a process to isolate itself, on a machine that many share
GRACE = 5.0  # seconds for a process to end that has done its work


def serve(pipes: list[list[int]], limits: Any, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Fork a process for each pair of pipes, which says hello and answers jobs; wait until all have ended."""
    files = fork_workers(pipes)
    if files is None:
        return
    jobs, answers = files
    print(json.dumps(try_isolation(limits) | {"process": os.getpid()}), file=answers, flush=True)
    for line in jobs:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


def fork_workers(pipes: list[list[int]]) -> tuple[TextIO, TextIO] | None:
    """Fork a process for each pair of pipes, and wait until all have ended.

    Returns
    -------
    (file, file) or None
        In a forked process where its jobs come from and where its answers go; None in this one.
    """
    command, this = os.getppid(), os.getpid()
    ended, held = os.pipe()  # at its end when no forked process is left that holds the other side
    for number, (jobs, answers) in enumerate(pipes, start=1):
        if os.fork() == 0:
            end_with(this)
            os.close(ended)
            # Who held an end of another's pipe would keep the end of that process from being noticed.
            for others in pipes[number:]:
                for end in others:
                    os.close(end)
            os.dup2(jobs, 0)
            os.close(jobs)
            return open(0, closefd=False), open(answers, "w")
        os.close(jobs)
        os.close(answers)
    os.close(held)
    while not select.select([ended], [], [], 1.0)[0]:
        if os.getppid() != command:
            os._exit(1)  # nobody wants an answer any more; the forked ones end with this process
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    return None


def end_with(parent: int) -> None:
    """Have this forked process killed as soon as its parent ends, which only Linux can do."""
    if sys.platform == "linux":
        set_process(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


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
        answer = os.read(reader, 65536) if select.select([reader], [], [], COMING_UP)[0] else b""
        os.close(reader)
        reap(child, GRACE if answer else 0)
    return json.loads(answer) if answer else {"error": "a process that isolates itself does not come up here"}


def fork(function: Callable[..., int | None], *arguments: Any) -> int:
    """Run `function` in a child process, which ends with it; return the child's number."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        end_with(parent)
        code = function(*arguments) or 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def reap(child: int, patience: float) -> tuple[int, Any]:
    """Wait until a child has ended, and kill it after `patience` seconds; return its status and its usage."""
    end = time.monotonic() + patience
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return status, usage
        if time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.001)
