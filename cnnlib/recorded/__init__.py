"""Experiments that take longer than a page may: each chapter's recipe, and what it gave.

A recipe is the module of its chapter's name. It has ``LINES``, a list of settings, and ``run(**line)``, which
trains and returns a dict of numbers; a reader can run a line as it stands.
``python -m cnnlib.recorded <name>`` runs all lines that are missing and stores them beside the recipe, with
the recipe's hash.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["results"]

FOLDER = Path(__file__).parent


def results(name: str) -> list[dict[str, Any]]:
    """What the recipe `name` gave.

    Parameters
    ----------
    name : str
        A recipe's name, such as ``"efficient"``.

    Returns
    -------
    list[dict]
        For each line of the recipe its settings and results in one dict, and ``"seconds"``, the time that it
        took on one core.

    Raises
    ------
    ValueError
        If there is no such record, a line is missing, or the recipe has changed since.
    """
    recipe = load(name)
    record = read(name)
    if record["recipe"] != digest(recipe):
        raise ValueError(f"The recipe {name} has changed since it ran; run: python -m cnnlib.recorded {name}")
    done = {key(line["settings"]): line for line in record["lines"]}
    missing = [line for line in recipe.LINES if key(line) not in done]
    if missing:
        raise ValueError(
            f"{len(missing)} lines of the recipe {name} have not run, the first is {missing[0]}; "
            f"run: python -m cnnlib.recorded {name}"
        )
    rows = [done[key(line)] for line in recipe.LINES]
    return [row["settings"] | row["results"] | {"seconds": row["seconds"]} for row in rows]


def load(name: str) -> ModuleType:
    """The recipe as a module; raise ValueError if there is none."""
    names = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    if name not in names:
        raise ValueError(f"There is no recipe {name!r}; the recipes are {', '.join(names) or '(none yet)'}.")
    return importlib.import_module(f"cnnlib.recorded.{name}")


def read(name: str) -> dict[str, Any]:
    """The stored record: ``recipe`` (its hash), ``made_with``, ``lines``; an empty one if nothing ran yet."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        return {"recipe": "", "made_with": "", "lines": []}
    return json.loads(path.read_text(encoding="utf-8"))


def digest(recipe: ModuleType) -> str:
    """The hash of a recipe's text."""
    return hashlib.sha256(Path(recipe.__file__).read_bytes()).hexdigest()


def key(settings: dict[str, Any]) -> str:
    """Settings as one text, to compare them."""
    return json.dumps(settings, sort_keys=True)
