"""Scores models side by side in warm processes; what comes back is checked, for a model may have made it."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.leaderboard.images import Images
from autograder.leaderboard.ledger import Result
from autograder.running.pool import Pool

PROGRAM = "autograder.leaderboard.scorer"
MACHINE = {
    "broken": "the process that scores models broke down twice",
    "late": "this machine was too busy to get it done",
}
LONGEST_PROBLEM = 400  # characters


@contextlib.contextmanager
def scored(
    models: Sequence[tuple[str, Path]],
    images: Images,
    *,
    workers: int,
    memory: int,
    seconds: int,
    unsafe: bool,
) -> Iterator[Iterator[Result | tuple[str, str]]]:
    """Score models, as many at a time as there are workers.

    Parameters
    ----------
    models : sequence of (digest, path)
    images : Images
    workers, memory, seconds : int
        Processes, and the bytes and the seconds of processor time that a model may take.
    unsafe : bool
        Work without isolation.

    Yields
    ------
    iterator
        A `Result` as each model is done, or (digest, sentence) if the machine failed and not the model.
    """
    from cnnlib import challenge

    most = max(challenge.BUDGETS)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        place = Path(work) / "images.npy"
        np.save(place, images.inputs)
        common = {"images": str(place), "scratch": work, "seconds": seconds, "most": most}
        jobs = (
            (digest, common | {"model": str(path), "seed": seed(digest, images)}) for digest, path in models
        )
        pool = Pool(min(workers, len(models)), memory, unsafe, PROGRAM)
        try:
            pool.prepare(())
            yield (read(digest, answer, images) for digest, answer in pool.run(jobs))
        finally:
            pool.close()


def seed(digest: str, images: Images) -> str:
    """Return the seed of the order of the images: another for each file, the same each time."""
    return hashlib.sha256(f"{digest} {images.digest}".encode()).hexdigest()


def read(digest: str, answer: dict[str, Any], images: Images) -> Result | tuple[str, str]:
    """Return a scorer's answer as a result; nothing in it is believed that is not of the expected form."""
    if answer.get("status") in MACHINE:
        return digest, f"{MACHINE[answer['status']]}; run the command again"
    parameters = answer.get("parameters", 0)
    predictions, problem = answer.get("predictions", ""), answer.get("problem", "")
    formed = (
        type(parameters) is int
        and parameters >= 0
        and isinstance(problem, str)
        and isinstance(predictions, str)
        and len(predictions) == (0 if problem else len(images.labels))
        and set(predictions) <= set("0123456789-")
    )
    if not formed:
        return Result(digest, images.digest, "Its process gave an answer that makes no sense.")
    return Result(digest, images.digest, sentence(problem), parameters, predictions)


def sentence(problem: str) -> str:
    """Return a problem as one line that ends in a full stop, or nothing."""
    problem = " ".join("".join(c if c.isprintable() else " " for c in problem).split())[:LONGEST_PROBLEM]
    return f"{problem.rstrip('.')}." if problem else ""
