"""Download one file that several hosts have: try them in order, resume, verify."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from tqdm import tqdm

from cnnlib import progress

__all__ = ["DownloadError", "fetch", "md5_of"]

_PIECE = 1 << 16  # bytes read at once


class DownloadError(OSError):
    """No host gave the file; the message names each host and its reason."""


class _RefusedError(Exception):
    """A host cannot give the file, so it is not asked again."""


class _BrokenError(Exception):
    """A transfer stalled, was too slow or was cut off; it may go on later."""


def fetch(
    urls: Sequence[str],
    path: Path,
    *,
    md5: str,
    size: int,
    timeout: float = 10.0,
    patience: float = 5.0,
    slow: int = 250_000,
) -> None:
    """Download a file to `path` from the first of `urls` that delivers it.

    What has arrived stays in ``<path>.part`` and the next host, or the next run, goes on from there. The
    hosts are asked in two rounds: in the first, one slower than `slow` gives way to the next; in the second,
    a slow one is better than none.

    Parameters
    ----------
    urls : sequence of str
        Addresses of the same bytes.
    path : Path
        Where the file goes once its checksum is right.
    md5 : str
        Checksum of the file, in hexadecimal.
    size : int
        Length of the file in bytes.
    timeout : float
        Seconds without any byte after which a host counts as stalled.
    patience : float
        Seconds over which the speed is measured.
    slow : int
        Bytes per second below which a host gives way to the next one.

    Raises
    ------
    DownloadError
        If no host gave a file with this checksum.
    OSError
        If the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    reasons: dict[str, str] = {}
    hosts = list(urls)
    for limit in (slow, 0):
        for url in hosts.copy():
            try:
                _fetch_verified(url, part, md5, size, timeout, patience, limit)
            except _RefusedError as error:
                hosts.remove(url)
                reasons[url] = str(error)
            except _BrokenError as error:
                reasons[url] = str(error)
            else:
                os.replace(part, path)
                return
            progress.line(f"{_host(url)} {reasons[url]}.")
    raise DownloadError("; ".join(f"{_host(url)} {reason}" for url, reason in reasons.items()))


def md5_of(path: Path) -> str:
    """Give a file's MD5 checksum in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc


def _fetch_verified(
    url: str, part: Path, md5: str, size: int, timeout: float, patience: float, slow: int
) -> None:
    """Complete `part` from `url`; if the checksum is wrong, start over once unless `url` gave it all."""
    for attempt in range(2):
        resumed = _length(part) > 0
        _complete(url, part, size, timeout, patience, slow)
        if md5_of(part) == md5:
            return
        part.unlink()
        if attempt or not resumed:
            raise _RefusedError("sends a file with another checksum")


def _length(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _complete(url: str, part: Path, size: int, timeout: float, patience: float, slow: int) -> None:
    """Append to `part` what is missing."""
    if _length(part) > size:
        part.unlink()
    have = _length(part)
    if have == size:
        return
    headers = {"User-Agent": "cnnlib"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        response = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout)
    except urllib.error.HTTPError as error:
        raise _RefusedError(f"answers {error.code} ({error.reason})") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _RefusedError(f"cannot be reached ({getattr(error, 'reason', None) or error})") from error
    with response, part.open("ab") as file:
        repeated = _repeated(response, have, size)
        bar = progress.bar(desc=_host(url), total=size, initial=have, unit="B", unit_scale=True)
        progress.line(
            f"Downloading {part.stem} from {_host(url)}: {have / size:.0%} of {size / 1e6:.0f} MB ..."
        )
        with bar:
            _copy(response, file, have, repeated, bar, size, timeout, patience, slow)
    if _length(part) < size:
        raise _BrokenError("closed the connection early")


def _repeated(response: http.client.HTTPResponse, have: int, size: int) -> int:
    """Give how many bytes of the answer repeat what is there; refuse an answer that is another file."""
    # A host that cannot resume answers 200 with the whole file.
    repeated = 0 if response.status == 206 else have
    expected = size - have + repeated
    length = response.headers.get("Content-Length")
    if length is not None and int(length) != expected:
        raise _RefusedError(f"offers {length} bytes where {expected} are expected, so another file")
    start = response.headers.get("Content-Range", f"bytes {have}-")
    if response.status == 206 and not start.startswith(f"bytes {have}-"):
        raise _RefusedError("sends another part of the file than was asked for")
    return repeated


def _copy(
    response: http.client.HTTPResponse,
    file: IO[bytes],
    written: int,
    repeated: int,
    bar: tqdm,
    size: int,
    timeout: float,
    patience: float,
    slow: int,
) -> None:
    """Append what `response` gives after its first `repeated` bytes to `file`, which has `written` bytes."""
    since, arrived, tenth = time.monotonic(), 0, 10 * written // size
    while True:
        try:
            # read1 returns what one receive gives; read would wait for a full piece, however slowly it drips.
            piece = response.read1(_PIECE)
        except TimeoutError as error:
            raise _BrokenError(f"sent nothing for {timeout:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise _BrokenError(f"broke the connection ({error})") from error
        if not piece or written > size:
            return
        new = piece[repeated:]
        repeated = max(0, repeated - len(piece))
        file.write(new)
        bar.update(len(new))
        written += len(new)
        if 10 * written // size > tenth:
            tenth = 10 * written // size
            progress.line(f"  {tenth * 10} %")
        arrived += len(piece)
        if (passed := time.monotonic() - since) >= patience:
            if arrived < slow * passed:
                raise _BrokenError(f"sent only {arrived / passed / 1000:.0f} kB/s")
            since, arrived = time.monotonic(), 0
