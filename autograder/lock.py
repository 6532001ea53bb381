"""Lets one process at a time write into a folder."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.errors import UserError

NAME = ".lock"


@contextlib.contextmanager
def exclusive(folder: Path, limit: float) -> Iterator[None]:
    """Hold the lock of `folder`; a process that ends, even by a kill, lets go of it.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; gets a file `.lock`.
    limit : float
        How many seconds to wait for another process.

    Raises
    ------
    UserError
        If another process holds the lock all that time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / NAME, timeout=limit, poll_interval=0.02)
    try:
        lock.acquire()
    except Timeout:
        raise UserError(
            f"Another run has been writing into {folder} for {limit:g} seconds; wait until it "
            "ends or stop it, and the same command continues."
        ) from None
    try:
        yield
    finally:
        lock.release()
