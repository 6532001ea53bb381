"""The warm parent: a process that has PyTorch loaded and forks a judge and a student for each submission.

`python -m autograder.running.warm` reads a line of JSON on stdin with the modules to load, answers how it is
isolated, then reads a job a line and answers with a line each.
A forked process inherits this one's memory, so it knows jobs by the paths of their files only: it never holds
a test, an answer or a result. It has one thread, for a fork copies only the thread that forks. (onnxruntime
starts another one when it is loaded; it waits, holds nothing, and no child misses it.)
"""

import contextlib
import gc
import importlib
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
from typing import Any

from autograder.files import remove_tree
from autograder.running.huge import collapse

AGAIN = 10  # the judge's exit code when it needs a new student's process
# Layers that exercises ask for: finding the operators that belong to them takes milliseconds.
FORBIDDEN = (
    "avg_pool2d", "batch_norm", "conv2d", "group_norm", "instance_norm", "layer_norm", "max_pool2d", "pad",
    "unfold",
)  # fmt: skip
MANY = 20  # jobs, after which it pays to make forks cheaper
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
    """Load what submissions use, say hello, then work on jobs until stdin ends."""
    options = json.loads(arguments[0])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the one who started this
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)  # see above
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    shell = load()
    modules = sys.stdin.readline()
    if not modules:
        return  # nothing is to be graded
    load_modules(json.loads(modules))
    limits = None
    if not options["unsafe"]:
        from autograder.isolation.sandbox import Limits

        limits = Limits(memory=options["memory"])
    print(json.dumps(try_isolation(limits)), file=answers, flush=True)
    for number, line in enumerate(sys.stdin):
        if number == MANY:
            collapse()
        print(json.dumps(work(json.loads(line), shell, limits)), file=answers, flush=True)


def load():
    """Import and use once what each submission would otherwise import anew; return the shell.

    It is done while the answer key is made and takes about as long.
    """
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import torch

    torch.set_num_threads(1)
    # oneDNN makes code for each new shape of a convolution, which takes six times as long as a small one does
    # without; NNPACK, which would take its place, is less exact.
    torch.backends.mkldnn.enabled = False
    torch.backends.nnpack.set_flags(False)
    from autograder.running import judge, student  # noqa: F401
    from autograder.running.shell import CellShell
    from cnnlib import check

    figure, axes = plt.subplots()
    axes.set_title("$x$")
    figure.savefig(os.devnull, format="png")
    plt.close(figure)
    check.function(lambda x: x + 1, lambda x: x, [((torch.zeros(1),), {})], forbid=FORBIDDEN)
    first_use(torch)
    shell = CellShell.instance(colors="nocolor")
    # Tracebacks need much, and look through all modules.
    shell.run("raise NotImplementedError", "warm", pictures=False)
    return shell


def load_modules(modules: list[str]) -> None:
    """Import what the assignment's notebook does; afterwards nothing more is loaded."""
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "torch.optim" in modules:
        import torch

        torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1).step()
    gc.collect()
    gc.freeze()


def first_use(torch: Any) -> None:
    """Do once what is slow the first time: some operators set themselves up, some import what they need."""
    import numpy.random  # noqa: F401

    F = torch.nn.functional
    x = torch.ones(2, 2, 8, 8, requires_grad=True)
    for convolution, dims in ((F.conv1d, 1), (F.conv2d, 2), (F.conv3d, 3), (F.conv_transpose2d, 2)):
        weight = torch.ones(2, 2, *[3] * dims, requires_grad=True)
        convolution(torch.ones(1, 2, *[8] * dims), weight, padding=1).sum().backward()
    maps = F.batch_norm(x, torch.zeros(2), torch.ones(2), training=True).relu()
    maps = F.max_pool2d(maps, 2) + F.avg_pool2d(maps, 2) + F.interpolate(maps, size=4)
    F.cross_entropy(F.linear(maps.flatten(1), torch.ones(3, 32)), torch.tensor([0, 1])).backward()
    torch.einsum("nchw,cd->ndhw", x, torch.ones(2, 2)).isclose(F.fold(F.unfold(x, 3), 8, 3)).unique()
    # A gradient given by hand imports sympy.
    torch.autograd.grad(x * x, x, torch.ones_like(x))


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
