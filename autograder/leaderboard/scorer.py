"""The warm scorer: a process that has onnxruntime loaded and forks a confined child for each model.

`python -m autograder.leaderboard.scorer` takes jobs and gives answers as `autograder.running.warm` does. Only
the child opens the model, checks it and runs it. No process here ever holds a label.
"""

import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.files import remove_tree
from autograder.workers.forks import GRACE, fork, reap, serve

AT_A_TIME = 50  # images: their maps fit into a processor's cache, which saves a fifth of the time of 250
ALONE = 200  # images of which it is tried whether their scores depend on the others or on the batch's size
OUT_OF_MEMORY = ("bfc_arena", "bad_alloc", "allocate memory", "out of memory")
LONGEST_ANSWER = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Job:
    """One model to score."""

    model: str  # path of the file
    seed: str  # of the order of the images
    images: str  # path of the file with the images
    scratch: str  # a folder to work in
    seconds: int  # of processor time
    patience: float  # seconds on the clock
    most: int  # parameters of the largest board


def main(arguments: list[str]) -> None:
    """Load what models need and fork the scorers; each says hello, then works until jobs end."""
    options = json.loads(arguments[0])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the one who started this
    from cnnlib import challenge  # noqa: F401, I001 (first, for it switches off onnxruntime's telemetry)
    import onnx  # noqa: F401
    import onnxruntime  # noqa: F401

    if not sys.stdin.readline():  # which modules to load: here it is always the same ones
        return  # nothing is to be scored
    limits = None
    if not options["unsafe"]:
        from autograder.isolation.sandbox import Limits

        limits = Limits(memory=options["memory"])
    images: dict[str, np.ndarray] = {}

    def answer(message: dict[str, Any]) -> dict[str, Any]:
        job = Job(**message)
        if job.images not in images:
            images[job.images] = np.load(job.images, mmap_mode="r")  # all processes share these pages
        return work(job, images[job.images], options)

    serve(options["pipes"], limits, answer)


def work(job: Job, images: np.ndarray, options: dict[str, Any]) -> dict[str, Any]:
    """Score one model in a child; return what it answered, or a `problem` if it did not get that far."""
    reader, writer = os.pipe()
    folder = Path(tempfile.mkdtemp(dir=job.scratch))

    def attempt() -> None:
        os.close(reader)
        confine(job, folder, options, writer)
        with os.fdopen(writer, "w") as file:
            json.dump(score(job, images, folder, options), file)

    child = fork(attempt)
    os.close(writer)
    answer, late = read(reader, time.monotonic() + job.patience)
    os.close(reader)
    status, usage = reap(child, GRACE if answer else 0)
    remove_tree(folder)
    if answer and status == 0:
        return json.loads(answer)
    if usage.ru_utime + usage.ru_stime >= job.seconds - 0.5:
        return {"problem": f"It was not done after {job.seconds} seconds; use fewer or cheaper layers"}
    if late:
        return {"status": "late"}  # it waited for a processor, which is not its fault
    return {"problem": f"It made onnxruntime break down, or {too_much(options)}"}


def too_much(options: dict[str, Any]) -> str:
    """Say how much memory there is."""
    return f"needed more than {options['memory'] // 1024**2} MB of memory; use fewer or smaller feature maps"


def confine(job: Job, folder: Path, options: dict[str, Any], writer: int) -> None:
    """Give up, in the child, everything but the libraries, this one model and the pipe."""
    if options["unsafe"]:
        resource.setrlimit(resource.RLIMIT_CPU, (job.seconds, job.seconds))
        return
    from autograder.isolation.sandbox import Limits, enter, readable_paths

    limits = Limits(memory=options["memory"], cpu=job.seconds)
    enter(folder, [*readable_paths(), Path(job.model)], limits, keep=[writer])


def read(reader: int, deadline: float) -> tuple[bytes, bool]:
    """Read until the child closes the pipe; return what came, and whether time was up."""
    parent = select.poll()
    parent.register(0, 0)  # only tells when nobody is left who wants an answer
    data = b""
    while True:
        now = time.monotonic()
        if now >= deadline:
            return b"", True
        if len(data) > LONGEST_ANSWER:
            return b"", False
        if parent.poll(0):
            os._exit(1)  # the child goes with this process
        if select.select([reader], [], [], min(1.0, deadline - now))[0]:
            piece = os.read(reader, 65536)
            if not piece:
                return data, False
            data += piece


def score(job: Job, images: np.ndarray, folder: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Check a model and predict all images, in an order that its author cannot know; runs in the child."""
    from cnnlib import challenge

    path = Path(job.model)
    inspection = challenge.inspect(path)
    found = {"parameters": inspection.parameters, "problem": ""}
    if inspection.problems:
        return found | {"problem": inspection.problems[0]}
    if inspection.parameters > job.most:
        count = f"{inspection.parameters:,} parameters"
        return found | {"problem": f"It has {count}; the largest board ends at {job.most:,}"}
    order = np.random.default_rng(int(job.seed, 16)).permutation(len(images))
    predictions = np.empty(len(images), np.int64)
    try:
        model = challenge.rounded(path, folder / "rounded.onnx")
        predictions[order] = challenge.predict(model, images[order], batch_size=AT_A_TIME)
        problem = challenge.batch_problem(model, images[order[:ALONE]], batch_size=AT_A_TIME)
    except (ValueError, MemoryError) as error:
        # onnxruntime says so in many ways, with the place in its own source.
        short = isinstance(error, MemoryError) or any(word in str(error) for word in OUT_OF_MEMORY)
        return found | {"problem": f"It {too_much(options)}" if short else str(error)}
    if problem:
        return found | {"problem": problem}
    return found | {"predictions": "".join(str(p) if 0 <= p <= 9 else "-" for p in predictions)}


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # at an ordinary exit some libraries complain about themselves
