"""Carry a model as text, so that a notebook, which is all that some courses collect, can hold it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cnnlib import letters
from cnnlib.challenge.rounding import rounded
from cnnlib.challenge.rules import MAX_BYTES

__all__ = ["as_text", "from_text"]

_LONGEST = 2 * MAX_BYTES  # letters: base64 makes 4 out of 3 bytes


def as_text(path: str | os.PathLike) -> str:
    """Give a model's file as lines of letters, digits, ``+``, ``/`` and ``=``, for `from_text`.

    The text is that of the `rounded` file, compressed: what is scored, in half the letters.

    Parameters
    ----------
    path : path
        A file without problems.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the file breaks a rule; the message is the first of the problems.
    """
    with tempfile.TemporaryDirectory() as folder:
        return letters.write(rounded(path, Path(folder) / "rounded.onnx").read_bytes())


def from_text(text: str, to: str | os.PathLike) -> Path:
    """Write the file that a text of `as_text` stands for; spaces and line ends in it mean nothing.

    The text may be anybody's: it is not long enough to fill the memory, and what is written is at most as
    large as a submission may be. It need not be a model; `inspect` tells.

    Parameters
    ----------
    text : str
    to : path
        The file to write.

    Returns
    -------
    Path
        `to`.

    Raises
    ------
    ValueError
        If the text is empty, too long, cut off or something else; the message is one sentence.
    """
    if not isinstance(text, str):
        raise ValueError(f"Expected the text that as_text gives, got a {type(text).__name__}.")
    if len(text) > _LONGEST:
        raise ValueError(f"The text has {len(text):,} letters; that of a model has at most {_LONGEST:,}.")
    if not text.strip():
        raise ValueError("The text is empty; expected what as_text gives.")
    data, complete = letters.read(text, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"The text stands for a file of more than {MAX_BYTES:,} bytes, which is the limit.")
    if not complete:
        raise ValueError("The end of the text is missing; copy all of it once more.")
    to = Path(to)
    to.write_bytes(data)
    return to
