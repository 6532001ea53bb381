"""Has submissions read and repaired in a confined process, and checks what comes back from there."""

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from nbformat import NotebookNode

from autograder.answer_key import Key
from autograder.errors import UserError
from autograder.files import ROOT
from autograder.submissions.messages import ReadJob
from autograder.submissions.notebook_file import UnreadableError
from autograder.submissions.repair import MOST_NOTES, assemble
from autograder.submissions.submission import MOST_NOTEBOOKS, Submission

QUICK, FULL = 1, 10  # seconds of processor time: of the first attempt, and of the one after all others
WAIT = 400.0  # seconds on the clock for an answer; the confined process gives up before
LONGEST_NOTE = 400 * MOST_NOTEBOOKS  # characters: some list the names of files
MOST_TO_READ = 100
UNSEARCHED = "text that is too much to be searched"
VARIABLES = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR", "TZ", "VIRTUAL_ENV")
FAILURES = {
    "slow": "reading it takes more than {seconds} s",
    "large": "reading it takes too much memory",
    "broken": "reading it ended the process that reads submissions",
}


class SlowError(UnreadableError):
    """A submission that could not be read in the given time; it may be tried again with more."""


@dataclass(frozen=True)
class Read:
    """A submission, read and repaired.

    Attributes
    ----------
    notebook : NotebookNode
        See `repair.assemble`.
    notes : list of str
        Which notebook was taken, unless there was no choice, and what was repaired; one sentence each.
    to_read : list of str
        See `to_read.lines_to_read`.
    """

    notebook: NotebookNode
    notes: list[str]
    to_read: list[str]


class Confined:
    """The confined process, started anew when it is gone.

    Parameters
    ----------
    task : str
        "rebuild" or "count", see `confined_reader`.
    common : dict
        What it needs for all jobs: `source` and `release`, notebooks as students may see them.
    unsafe : str
        "no", "yes" (without isolation) or "if needed" (without if there is none here).
    """

    def __init__(self, task: str, common: dict[str, Any], unsafe: str) -> None:
        self._common = json.dumps({"task": task, "unsafe": unsafe, **common}).encode() + b"\n"
        self._process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        """Begin to start the process; `ask` waits until it is ready."""
        kept = {k: v for k, v in os.environ.items() if k in VARIABLES or k.startswith(("LC_", "PYTHON"))}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.submissions.confined_reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=kept | threads | {"PYTHONPATH": path},
            start_new_session=True,
        )
        self._ready = False
        self._send(self._common)

    def ask(self, job: ReadJob) -> list[dict[str, Any]]:
        """Return the lines that a job gives; the last one says `failed` if it did not come to its end."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        if not self._ready:
            hello = json.loads(
                self._line() or b'{"error": "The process that reads submissions does not start."}'
            )
            if "error" in hello:
                raise UserError(
                    f"Submissions cannot be isolated here: {hello['error']} "
                    "`python -m autograder doctor` tells more; --unsafe grades without isolation."
                )
            self._ready = True
        self._send(json.dumps(asdict(job)).encode() + b"\n")
        size = self._line()
        data = self._exactly(int(size)) if size.strip().isdigit() else b""
        if not data:
            self.close()
            return [{"failed": "broken"}]
        return [json.loads(line) for line in data.splitlines()]

    def _send(self, data: bytes) -> None:
        left = memoryview(data)
        with contextlib.suppress(BrokenPipeError):
            while left:
                left = left[self._process.stdin.write(left) :]

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n") and (piece := self._exactly(1)):
            line += piece
        return line

    def _exactly(self, size: int) -> bytes:
        """Read so many bytes, or nothing if they do not come."""
        pieces, left = [], size
        while left:
            if not select.select([self._process.stdout], [], [], WAIT)[0]:
                return b""
            piece = self._process.stdout.read(min(left, 1 << 20))
            if not piece:
                return b""
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                pipe.close()
            self._process = None


class Reader:
    """Reads the submissions of an assignment.

    Parameters
    ----------
    key : Key
    unsafe : bool
        Read without isolation; the limits of time and memory stay where the system has any.
    """

    def __init__(self, key: Key, unsafe: bool) -> None:
        self._key = key
        self._confined = Confined("rebuild", public(key), "yes" if unsafe else "no")

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._confined.close()

    def read(self, submission: Submission, seconds: int = FULL) -> Read:
        """Read and repair a submission.

        Raises
        ------
        UnreadableError
            With one sentence, if there is no notebook that could be graded; a `SlowError` if this takes more
            than so many seconds of processor time.
        """
        folder = str(submission.folder.resolve())
        lines = self._confined.ask(ReadJob(folder, seconds, submission.assignment))
        first, last = lines[0], lines[-1]
        if "unreadable" in first:
            raise UnreadableError(str(first["unreadable"])[:LONGEST_NOTE])
        if "entries" not in first or (last.get("failed") == "slow" and seconds < FULL):
            raise failure(last, seconds)
        notebook = assemble(first["entries"], self._key)
        notes = texts(first.get("notes"), 2 * MOST_NOTES, LONGEST_NOTE)
        to_read = texts(last["to_read"], MOST_TO_READ, LONGEST_NOTE) if "to_read" in last else [UNSEARCHED]
        return Read(notebook, notes, to_read)


def public(key: Key) -> dict[str, Any]:
    """Return the answer key without its solutions and tests, for a process that opens students' files."""
    source = json.loads(json.dumps(key.source))
    for cell in source["cells"]:
        nbgrader = cell["metadata"].get("nbgrader") or {}
        if nbgrader.get("solution") or nbgrader.get("grade"):
            cell["source"] = ""
    return {"source": source, "release": key.release}


def failure(answer: dict[str, Any], seconds: int) -> UnreadableError:
    """Return the error for a submission that was not read to its end."""
    kind = answer.get("failed")
    sentence = FAILURES.get(kind, FAILURES["broken"]).format(seconds=seconds)
    name = f" ({answer['error']})" if str(answer.get("error", "")).isidentifier() else ""
    return (SlowError if kind == "slow" else UnreadableError)(f"{sentence}{name}; hand in a plain notebook")


def texts(values: Any, most: int, longest: int) -> list[str]:
    """Return a list of texts within bounds; raise `ValueError` for anything else."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("the process that reads submissions gave no texts")
    return [value[:longest] for value in values[:most]]


def count_own(paths: Iterable[Path], release: NotebookNode) -> dict[Path, tuple[int, float]]:
    """Count in notebooks the cells that were not handed out, and which part of the release is in them.

    Returns
    -------
    dict of Path to (int, float)
        (-1, 0) where a file cannot be read, and for all on systems that cannot fork.
    """
    if not hasattr(os, "fork"):
        return dict.fromkeys(paths, (-1, 0.0))
    confined = Confined("count", {"source": release, "release": release}, "if needed")
    try:
        found = {}
        for path in paths:
            (answer, *_) = confined.ask(ReadJob(str(path.resolve()), FULL))
            own, alike = answer.get("own", -1), answer.get("alike", 0.0)
            sound = isinstance(own, int) and isinstance(alike, float | int)
            found[path] = (own, float(alike)) if sound else (-1, 0.0)
        return found
    finally:
        confined.close()
