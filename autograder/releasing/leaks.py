"""The leak gate: finds what belongs to a solution or a hidden test in what readers and students get."""

import re
from collections.abc import Iterable
from pathlib import Path

MARKER = re.compile(r"canary-[0-9a-f]{8}")
REGIONS = {"BEGIN SOLUTION": "END SOLUTION", "BEGIN HIDDEN TESTS": "END HIDDEN TESTS"}


def secrets(source: Path) -> set[str]:
    """Return all markers under `source`, with the words that open a region."""
    texts = [
        path.read_text(encoding="utf-8", errors="replace") for path in source.rglob("*") if path.is_file()
    ]
    return {marker for text in texts for marker in MARKER.findall(text)} | set(REGIONS)


def leaks(folder: Path, words: Iterable[str]) -> list[str]:
    """Return "FILE: WORD" for every word found in a file below `folder`, in names, too.

    The page that tells authors how to write an exercise may name the words that open a region.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes() + path.name.encode()
            allowed = set(REGIONS) if path.stem == "contributing" else set()
            there = [word for word in sorted(set(words) - allowed) if word.encode() in data]
            found += [f"{path.relative_to(folder)}: {word}" for word in there]
    return found
