"""Warm parents at work side by side on this machine, and what they were given."""

import contextlib
import json
import os
import select
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from autograder.errors import UserError
from autograder.files import ROOT

AHEAD = 2  # jobs that a warm parent has at a time, so that it need not wait for the next
MANY = 20  # jobs, from which on it pays to make forks cheaper
EARLY = 64  # jobs, at most, that are made before there is anybody to do them
ATTEMPTS = 2  # how often a job is given out whose warm parent died
MARGIN = 60  # seconds beyond a job's `patience`, which the warm parent keeps unless it hangs itself
LOADING = 900  # seconds until a warm parent has to say hello, on a machine that many share
# glibc gives large blocks back to the kernel at once, and clearing new pages for each tensor costs a sixth of
# the time of a submission. 256 MB and 1 GB: more than any tensor of an exercise, and than all of them.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(2**28), "MALLOC_TRIM_THRESHOLD_": str(2**30)}
# A warm parent gets these only: its children share its memory, where wiped variables leave traces.
VARIABLES = (
    "HOME",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "MPLCONFIGDIR",
    "PATH",
    "TMPDIR",
    "TZ",
    "VIRTUAL_ENV",
)
PREFIXES = ("LC_", "PYTHON")


class Warm:
    """A warm parent and the jobs it has.

    Parameters
    ----------
    jobs, answers : int
        File descriptors: where it reads its jobs from, and where its answers come from.
    """

    def __init__(self, jobs: int, answers: int) -> None:
        self.input = open(jobs, "wb")  # noqa: SIM115
        # Unbuffered: an answer that lies in a buffer here would not wake up who waits for the file.
        self.answers = open(answers, "rb", buffering=0)  # noqa: SIM115
        self.jobs: deque[Any] = deque()
        self.process: int | None = None  # its number, which it says with its hello
        self.begun = 0.0  # when it was free for the first of its jobs

    @property
    def deadline(self) -> float:
        """Until when its first job has to be answered."""
        return self.begun + self.jobs[0][1].patience + MARGIN if self.jobs else float("inf")

    def give(self, tag: Any, job: Any) -> None:
        """Send a job, a dataclass; raises `BrokenPipeError` if the process is gone."""
        if not self.jobs:
            self.begun = time.monotonic()
        self.jobs.append((tag, job))
        self.input.write(json.dumps(asdict(job)).encode() + b"\n")
        self.input.flush()

    def read(self) -> dict[str, Any] | None:
        """Return the next answer, None at the end."""
        line = self.answers.readline()
        self.begun = time.monotonic()
        return json.loads(line) if line.endswith(b"\n") else None

    def close(self) -> None:
        """Tell it to end."""
        with contextlib.suppress(OSError):
            self.input.close()
        self.answers.close()


class Pool:
    """Several warm parents, forked by a process that begins to load at once.

    Parameters
    ----------
    workers : int
        How many.
    memory : int
        Bytes that a submission may take beyond what is loaded.
    unsafe : bool
        Work without isolation.
    program : str
        The module that is run, see `forks`.
    jobs : int, optional
        How many are expected; many if None.
    """

    def __init__(
        self,
        workers: int,
        memory: int,
        unsafe: bool,
        program: str,
        jobs: int | None = None,
    ) -> None:
        many = jobs is None or jobs >= MANY
        self._options = {"memory": memory, "unsafe": unsafe, "many": many}
        self._program = program
        self._modules: tuple[str, ...] = ()
        self._processes: list[subprocess.Popen] = []
        self._warm = self._start(workers)
        self._loading: list[Warm] = []  # those that have not said hello

    def _start(self, workers: int) -> list[Warm]:
        """Start a process that will fork so many warm parents."""
        # One thread: a process that forks may have no other, and the processors are used by several of these.
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
        quiet = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1", "MPLBACKEND": "agg", "CUDA_VISIBLE_DEVICES": ""}
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in VARIABLES or name.startswith(PREFIXES)
        }
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        pipes = [(os.pipe(), os.pipe()) for _ in range(workers)]
        theirs = [(jobs[0], answers[1]) for jobs, answers in pipes]
        ends = [end for both in theirs for end in both]
        self._processes.append(
            subprocess.Popen(
                [sys.executable, "-m", self._program, json.dumps(self._options | {"pipes": theirs})],
                stdin=subprocess.PIPE,
                stdout=2,  # what a library prints is no result
                pass_fds=ends,
                env=kept | threads | quiet | ALLOCATOR | {"PYTHONPATH": path},
                start_new_session=True,
            )
        )
        for end in ends:
            os.close(end)
        return [Warm(jobs[1], answers[0]) for jobs, answers in pipes]

    def prepare(self, modules: Iterable[str]) -> None:
        """Begin to get ready for submissions to a notebook that imports `modules`; `run` waits for it."""
        self._modules = tuple(modules)
        self._load()
        self._loading = list(self._warm)

    def _load(self) -> None:
        """Let the process started last load the modules and fork."""
        with contextlib.suppress(BrokenPipeError):
            self._processes[-1].stdin.write(json.dumps(self._modules).encode() + b"\n")
            self._processes[-1].stdin.close()

    def _greet(self, fresh: list[Warm]) -> None:
        """Wait until these warm parents say hello."""
        end = time.monotonic() + LOADING
        for warm in fresh:
            if not select.select([warm.answers], [], [], max(0, end - time.monotonic()))[0]:
                raise UserError(
                    f"The process that runs submissions is not ready after {LOADING // 60} minutes; "
                    "run the command again when this machine has less to do."
                )
            hello = warm.read()
            if hello is None:
                raise UserError("The process that runs submissions does not start; its error is above.")
            if "error" in hello:
                raise UserError(
                    f"Submissions cannot be isolated here: {hello['error']} "
                    "`python -m autograder doctor` tells more; --unsafe grades without isolation."
                )
            warm.process = hello["process"]

    def run(self, jobs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Yield each job's tag and its answer, as they finish; jobs (dataclasses) are taken as needed.

        Raises
        ------
        UserError
            If this machine cannot isolate a submission.
        """
        waiting = iter(jobs)
        # Making jobs takes time, too: some are made while the warm parents load.
        taken: deque[tuple[Any, Any]] = deque()
        answers = [warm.answers for warm in self._loading]
        for job in waiting if answers else ():
            taken.append(job)
            if len(taken) == EARLY or select.select(answers, [], [], 0)[0]:
                break
        self._greet(self._loading)
        self._loading = []
        given: dict[Any, int] = {}

        def fill(warm: Warm) -> None:
            while len(warm.jobs) < AHEAD:
                tag, job = taken.popleft() if taken else next(waiting, (None, None))
                if job is None:
                    return
                given[tag] = given.get(tag, 0) + 1
                with contextlib.suppress(BrokenPipeError):
                    warm.give(tag, job)

        with selectors.DefaultSelector() as selector:

            def listen(warm: Warm) -> None:
                selector.register(warm.answers, selectors.EVENT_READ, warm)

            for warm in self._warm:
                listen(warm)
            for warm in self._warm:
                fill(warm)
            while taken or any(warm.jobs for warm in self._warm):
                left = min(warm.deadline for warm in self._warm) - time.monotonic()
                heard = [selected.data for selected, _ in selector.select(min(60, max(0, left)))]
                now = time.monotonic()
                silent = [] if heard else [warm for warm in self._warm if warm.deadline <= now]
                for warm in silent:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(warm.process, signal.SIGKILL)
                for warm in heard + silent:
                    answer = warm.read() if heard else None
                    if answer is not None:
                        tag, _ = warm.jobs.popleft()
                        fill(warm)
                        given.pop(tag)
                        yield tag, answer
                        continue
                    # The warm parent is gone, or was silent for too long. Its first job is the suspect; it
                    # gets one more attempt.
                    selector.unregister(warm.answers)
                    warm.close()
                    lost = list(warm.jobs)
                    self._warm.remove(warm)
                    (fresh,) = self._start(1)
                    self._warm.append(fresh)
                    self._load()
                    self._greet([fresh])
                    listen(fresh)
                    for tag, _ in lost[1:]:
                        given[tag] -= 1
                    if lost and given[lost[0][0]] >= ATTEMPTS:
                        tag, _ = lost.pop(0)
                        given.pop(tag)
                        yield tag, {"status": "broken"}
                    taken.extend(lost)
                    fill(fresh)

    def close(self) -> None:
        """End all processes."""
        for warm in self._warm:
            warm.close()
        end = time.monotonic() + 3
        for process in self._processes:
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(max(0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
