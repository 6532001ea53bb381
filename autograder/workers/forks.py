"""Processes that are forked side by side, each of which answers jobs, and what they fork in turn.

A forked process inherits its parent's memory, so the parent knows jobs by the paths of their files only.
It has one thread, for a fork copies only the thread that forks.
"""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO


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
