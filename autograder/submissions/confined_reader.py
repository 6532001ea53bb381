"""The process that opens what students handed in: `python -m autograder.submissions.confined_reader`.

It holds those parts of an answer key that students have, too, and forks a child for each submission. The
child gives up all access but to that submission, may use little time and memory, and answers in JSON. So
whatever is in a notebook, it costs that notebook only.

The first line on its input says what is common to all jobs. Each further line is a job, and is answered by a
line with the answer's length and the answer.
"""

import contextlib
import gc
import json
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat

# Decoders are modules, which a confined child could not load from everywhere.
from encodings import cp1252, utf_16, utf_16_be, utf_16_le, utf_32  # noqa: F401  # isort: skip

from autograder.errors import IsolationError
from autograder.submissions.matching import count_own, course_cells, resemblance
from autograder.submissions.messages import ReadJob
from autograder.submissions.notebook_file import UnreadableError, read_submission
from autograder.submissions.repair import arrange, assemble
from autograder.submissions.submission import Submission
from autograder.submissions.to_read import lines_to_read
from autograder.workers.forks import GRACE, fork, reap

MEMORY = 384 * 1024**2  # bytes beyond what this process holds; 20 MB in wide characters need half
LONGEST_ANSWER = 27_000_000  # bytes: the most text and pictures that `repair` takes, and some room
PATIENCE = 30  # seconds on the clock for each second of processor time, on a machine that many share
TOO_SLOW, TOO_LARGE, BROKEN = "slow", "large", "broken"


def main() -> None:
    """Answer jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the one who started this
    common = json.loads(sys.stdin.readline())
    key = None
    if common["release"]:
        source, release = (nbformat.from_dict(common[name]) for name in ("source", "release"))
        key = SimpleNamespace(source=source, release=release)
        # What is worked out once, such as the release's own text, the children then have.
        entries, _ = arrange(release, course_cells(key))
        lines_to_read(assemble(entries, key), release)
    try:
        isolated = prepare(common["unsafe"])
    except IsolationError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return
    print(json.dumps({}), flush=True)
    work = JOBS[common["task"]]
    gc.freeze()  # a child that collects garbage would copy all that is loaded here
    for line in sys.stdin:
        job = ReadJob(**json.loads(line))
        data = in_child(lambda write, job=job: work(job, key, write), job, isolated)
        sys.stdout.buffer.write(f"{len(data)}\n".encode() + data)
        sys.stdout.buffer.flush()


def prepare(unsafe: str) -> bool:
    """Return whether children can be isolated; `unsafe` says if they may go without ("if needed", "yes")."""
    if unsafe == "yes":
        return False
    from autograder.isolation import sandbox

    try:
        sandbox.prepare()
    except IsolationError:
        if unsafe == "if needed":
            return False
        raise
    return True


def rebuild_job(job: ReadJob, key: Any, write: Callable[[Any], None]) -> None:
    """Write how the assignment's notebook is rebuilt around the answers, then what is remarkable in these."""
    submission = Submission("", job.assignment, Path(job.folder))
    notebook, notes = submission.read(key.release)
    entries, repairs = arrange(notebook, course_cells(key))
    write({"entries": entries, "notes": notes + repairs})
    write({"to_read": lines_to_read(assemble(entries, key), key.release)})


def count_job(job: ReadJob, key: Any, write: Callable[[Any], None]) -> None:
    """Write how many cells of a notebook are the student's own, and which part of the release is in it."""
    notebook, _ = read_submission(Path(job.folder))
    cells = notebook.cells
    write({"own": count_own(key.release, cells), "alike": resemblance(key.release, cells)})


JOBS = {"rebuild": rebuild_job, "count": count_job}


def in_child(work: Callable[[Callable[[Any], None]], None], job: ReadJob, isolated: bool) -> bytes:
    """Run `work` in a child of its own; return the lines of JSON that it wrote, the last one how it ended."""
    reader, writer = os.pipe()
    scratch = tempfile.mkdtemp()

    def attempt() -> int:
        os.close(reader)
        confine(job, Path(scratch), writer, isolated)
        return answer(work, writer)

    child = fork(attempt)
    os.close(writer)
    data, late = read(reader, time.monotonic() + PATIENCE * job.seconds)
    os.close(reader)
    status, _ = reap(child, 0 if late or len(data) > LONGEST_ANSWER else GRACE)
    with contextlib.suppress(OSError):
        os.rmdir(scratch)
    if status == 0 and len(data) <= LONGEST_ANSWER:
        return data
    # The kernel ends what has used up its time; the times that it tells need not show that.
    slow = late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGXCPU))
    whole = data[: data.rfind(b"\n") + 1] if len(data) <= LONGEST_ANSWER else b""
    return whole + json.dumps({"failed": TOO_SLOW if slow else BROKEN}).encode() + b"\n"


def answer(work: Callable[[Callable[[Any], None]], None], writer: int) -> int:
    """Do the work in the child and write what it gives, or why there is nothing."""
    with os.fdopen(writer, "wb", buffering=0) as file:

        def write(value: Any) -> None:
            left = memoryview(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            while left:
                left = left[file.write(left) :]

        try:
            work(write)
        except UnreadableError as error:
            write({"unreadable": str(error)})
        except MemoryError:
            write({"failed": TOO_LARGE})
        except Exception as error:
            write({"failed": BROKEN, "error": type(error).__name__})
    return 0


def confine(job: ReadJob, scratch: Path, writer: int, isolated: bool) -> None:
    """Give up, in the child, all but the libraries, this one submission and the pipe."""
    if not isolated:
        import resource

        # What a system does not limit stays unlimited: macOS ignores the one of memory.
        for kind, most in ((resource.RLIMIT_CPU, job.seconds), (resource.RLIMIT_AS, 4 * MEMORY)):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (most, most))
        return
    from autograder.isolation.sandbox import Limits, enter, readable_paths

    limits = Limits(memory=MEMORY, file=0, files=4096, cpu=job.seconds, open_files=64)
    enter(scratch, [*readable_paths(), Path(job.folder)], limits, keep=[writer])


def read(reader: int, deadline: float) -> tuple[bytes, bool]:
    """Read until the child closes the pipe; return what came, and whether time was up."""
    pieces, size = [], 0
    while size <= LONGEST_ANSWER:
        left = deadline - time.monotonic()
        if left <= 0:
            return b"".join(pieces), True
        if select.select([reader], [], [], left)[0]:
            piece = os.read(reader, 1 << 20)
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces), False


if __name__ == "__main__":
    main()
