"""Scores models side by side in warm processes; what comes back is checked, for a model may have made it."""

import contextlib
import hmac
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.files import write_atomic
from autograder.leaderboard.images import Images
from autograder.leaderboard.ledger import Result
from autograder.leaderboard.scorer import Job
from autograder.workers.pool import Pool

SECRET = "secret.txt"
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
    secret: bytes,
    *,
    times: Mapping[str, int],
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
    secret : bytes
        What only the keeper of the ledger knows, see `read_secret`.
    times : mapping of str to int
        How often each model was scored before.
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
        seeds = {digest: seed(secret, digest, images, times.get(digest, 0)) for digest, _ in models}
        # A processor that many share gives each less. The limit of processor time is the exact one; patience
        # is for a process that waits forever.
        patience = 120 + 30 * seconds
        jobs = (
            (digest, Job(str(path), seeds[digest], str(place), work, seconds, patience, most))
            for digest, path in models
        )
        pool = Pool(min(workers, len(models)), memory, unsafe, PROGRAM)
        try:
            pool.prepare(())
            yield (read(digest, answer, images) for digest, answer in pool.run(jobs))
        finally:
            pool.close()


def read_secret(folder: Path) -> bytes:
    """Return the secret that is kept beside the ledger; it is made when there is none."""
    path = folder / SECRET
    if not path.exists():
        write_atomic(path, secrets.token_hex(32) + "\n", mode=0o600)
    return path.read_bytes().strip()


def seed(secret: bytes, digest: str, images: Images, times: int) -> str:
    """Return the seed of the order of the images: another each time, and the same for who has the secret.

    Without the secret an author could try files until those images that are also run alone suit the file.
    """
    return hmac.new(secret, f"{digest} {images.digest} {times}".encode(), "sha256").hexdigest()


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
