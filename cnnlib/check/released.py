"""The cells of each exercise as students get them, from which a damaged notebook is repaired.

`python -m autograder release` writes `released/<assignment>.json`: what stands in the released notebook, so
neither answers nor hidden tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("released")
KEPT = ("cell_type", "id", "metadata", "source", "attachments")


def load(assignment: str) -> list[dict[str, Any]]:
    """Return an assignment's cells in order; raises `FileNotFoundError` if there are none."""
    return json.loads((FOLDER / f"{assignment}.json").read_text(encoding="utf-8"))


def write(cells: Iterable[Mapping[str, Any]]) -> str:
    """Return the text of an assignment's file, a line for each cell of its released notebook."""
    kept = [{name: cell[name] for name in KEPT if name in cell} for cell in cells]
    joined = [cell | {"source": "".join(cell["source"])} for cell in kept]
    lines = [json.dumps(cell, ensure_ascii=False, sort_keys=True) for cell in joined]
    return "[\n" + ",\n".join(lines) + "\n]\n"
