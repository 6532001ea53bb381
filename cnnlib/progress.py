"""Progress of long work: a bar on a terminal, plain lines elsewhere, nothing when ``TQDM_DISABLE`` is set."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

__all__ = ["bar", "line"]


def _quiet() -> bool:
    return os.environ.get("TQDM_DISABLE", "0").lower() not in ("", "0", "false")


def bar(iterable: Iterable | None = None, **options: Any) -> tqdm:
    """Show a bar over `iterable`, as ``tqdm.tqdm`` does, if standard error is a terminal."""
    return tqdm(iterable, disable=_quiet() or not sys.stderr.isatty(), **options)


def line(text: str) -> None:
    """Print one line about the work to standard error where no bar is shown."""
    if not _quiet() and not sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)
