"""What each change tries in part and `make test-all`, which runs weekly, as a whole."""

import os
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")

EVERYTHING = os.environ.get("EVERYTHING") == "1"


def sampled(items: Iterable[Item], step: int) -> list[Item]:
    """Every so many of the items, the first one included; all of them weekly."""
    return list(items)[:: 1 if EVERYTHING else step]
