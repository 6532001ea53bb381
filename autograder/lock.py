"""Lets one process at a time write into a folder."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import UserError

NAME = ".lock"


@contextlib.contextmanager
def exclusive(folder: Path, limit: float) -> Iterator[None]:
    """Hold the lock of `folder`; a process that ends, even by a kill, lets go of it.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; gets a file `.lock`, which stays.
    limit : float
        How many seconds to wait for another process.

    Raises
    ------
    UserError
        If another process holds the lock all that time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + limit
    with open(folder / NAME, "a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise UserError(
                        f"Another run has been writing into {folder} for {limit:g} seconds; wait until it "
                        "ends or stop it, and the same command continues."
                    ) from None
                time.sleep(0.02)
        # Closing the file unlocks it.
        yield
