"""What the visible tests in notebooks that were released before the tables call, so that they still run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cnnlib.check.compare import describe
from cnnlib.check.report import Report


def digest(item: str, answer: Any) -> str:
    """Return the fingerprint that those notebooks compare: 16 hexadecimal digits.

    Raises
    ------
    TypeError
        If the answer is no whole number, text, or tuple of them.
    """
    parts = answer if isinstance(answer, tuple | list) else [answer]
    if not all(type(part) in (int, str) for part in parts):
        raise TypeError(f"an answer is a whole number, a string, or a tuple of them, not {describe(answer)}.")
    canonical = json.dumps(list(answer) if isinstance(answer, tuple | list) else answer)
    return hashlib.sha256(f"{item}: {canonical}".encode()).hexdigest()[:16]


def answers(
    given: Mapping[str, Any],
    digests: Mapping[str, str],
    review: Mapping[str, str],
    mistakes: Mapping[str, str],
) -> Report:
    """Check answers found by hand against those fingerprints."""
    lines = []
    for item, right in digests.items():
        if item not in given:
            lines.append(f"{item}: this key is missing.")
            continue
        try:
            found = digest(item, given[item])
        except TypeError as error:
            lines.append(f"{item}: {error}")
            continue
        if found != right:
            lines.append(f"{item}: {given[item]!r} is not right. {mistakes.get(found, review[item])}")
    if lines:
        return Report(False, "\n".join([f"{len(lines)} of {len(digests)} answers are not right:", *lines]))
    return Report(True, f"all {len(digests)} answers are right.", 1.0)
