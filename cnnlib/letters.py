"""Bytes as lines of letters, so that a notebook, which is all that some courses collect, can hold them."""

from __future__ import annotations

import base64
import zlib

__all__ = ["DAMAGED", "read", "write"]

DAMAGED = "The text is damaged, cut off or none that as_text gives; copy all of it once more."
_LINE = 100  # letters in a line


def write(data: bytes) -> str:
    """Compress bytes, and give them as lines of letters, digits, ``+``, ``/`` and ``=``."""
    letters = base64.b64encode(zlib.compress(data, 9)).decode()
    return "\n".join(letters[start : start + _LINE] for start in range(0, len(letters), _LINE))


def read(text: str, most: int) -> tuple[bytes, bool]:
    """Read what `write` gave, whoever hands it in; spaces and line ends in it mean nothing.

    Parameters
    ----------
    text : str
    most : int
        Bytes that are given at most, however many the text stands for.

    Returns
    -------
    data : bytes
    complete : bool
        Whether that is all, up to the mark of the end.

    Raises
    ------
    ValueError
        If the text is no such text; the message is `DAMAGED`.
    """
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(base64.b64decode("".join(text.split()), validate=True), most)
    except (ValueError, zlib.error) as error:
        raise ValueError(DAMAGED) from error
    return data, unpacker.eof
