"""Makes the tables of the visible tests, which `cnnlib` ships, from an assignment's `tests.py`."""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from nbformat import NotebookNode

from autograder import visible
from autograder.errors import UserError
from autograder.files import write_atomic
from autograder.releasing.test_cells import hash_of
from autograder.source import is_test, metadata, read_source
from cnnlib.check import tables
from cnnlib.check.by_hand import fingerprint
from cnnlib.check.functions import called, made, parameters

TESTS = "tests.py"
VISIBLE = "-visible"  # how the id of a visible test's cell ends


def load_tests(path: Path) -> ModuleType | None:
    """Import an assignment's `tests.py` from its file; None if there is none."""
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"solutions.{path.parent.name}.tests", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(source: Path, assignment: str) -> str | None:
    """Evaluate an assignment's visible tests; return the text of its table, None if it has no `tests.py`.

    Raises
    ------
    UserError
        If a test cannot be evaluated.
    """
    folder = source / assignment
    module = load_tests(folder / TESTS)
    if module is None:
        return None
    points = points_of(read_source(folder / f"{assignment}.ipynb"))
    forbidden = getattr(module, "FORBIDDEN", {})
    evaluated = {}
    for name, steps in module.VISIBLE.items():
        cell = name + VISIBLE
        if cell not in points:
            raise UserError(
                f"{folder / TESTS} has the visible test {name!r}, but no cell has the id {cell!r}."
            )
        names = list(forbidden.get(cell, ()))
        try:
            evaluated[name] = tuple(
                evaluate(step, f"{assignment}/{name}", names, points[cell]) for step in steps
            )
        except Exception as error:
            raise UserError(
                f"The visible test {name!r} of {assignment} cannot be evaluated: {error}"
            ) from error
    return tables.write(evaluated, hash_of(folder / TESTS))


def points_of(notebook: NotebookNode) -> dict[str, float]:
    """Return the points of each test by its cell's id."""
    return {
        metadata(cell)["grade_id"]: float(metadata(cell)["points"])
        for cell in notebook.cells
        if is_test(cell)
    }


def evaluate(step: visible.Step, name: str, forbidden: list[str], points: float) -> tables.Step:
    """Return what students get of one step of a test."""
    if isinstance(step, visible.ByHand):
        return tables.Fingerprints(fingerprints(step, name), points)
    cases = [(tuple(args), dict(kwargs)) for args, kwargs in _cases(step)]
    if isinstance(step, visible.Conditions):
        return tables.Conditions(cases, step.measure, step.heading, forbidden)
    return tables.Values(
        cases=cases,
        expected=[called(step.like, case) for case in cases],
        wrong={words: [_tried(reference, case) for case in cases] for words, reference in step.wrong.items()},
        labels=parameters(step.like),
        measure=step.measure,
        forbidden=forbidden,
        rtol=step.rtol,
        atol=step.atol,
        fresh=step.fresh,
    )


def _cases(step: visible.Values | visible.Conditions) -> Sequence[Any]:
    return step.cases if isinstance(step, visible.Conditions) else made(step.cases, step.seed, step.trials)


def _tried(reference: Any, case: Any) -> Any:
    try:
        return called(reference, case)
    except Exception:
        return tables.IMPOSSIBLE


def fingerprints(step: visible.ByHand, name: str) -> dict[str, dict[str, Any]]:
    """Return the fingerprints of answers found by hand, as `by_hand.against_fingerprints` takes them."""
    found = {}
    for item, right in step.right.items():
        if item in step.statements:
            found[item] = {
                "statements": {
                    letter: [fingerprint(f"{item} {letter}", letter in right, name), words]
                    for letter, words in step.statements[item].items()
                }
            }
            continue
        mistakes = step.mistakes.get(item, {})
        found[item] = {
            "right": fingerprint(item, right, name),
            "mistakes": {fingerprint(item, wrong, name): words for wrong, words in mistakes.items()},
            "review": step.review[item],
        }
    return found


def update(text: str, path: Path) -> bool:
    """Write a table; return whether the file changed.

    A test that is the same but for the last digits keeps its entry: another processor gives others.
    """
    new = json.loads(text)
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"tests": {}}
    for name, entry in new["tests"].items():
        kept = old["tests"].get(name)
        if kept is not None and close(kept["steps"], entry["steps"]):
            new["tests"][name] = kept
    changed = write_atomic(path, tables.lay_out(new))
    tables.read.cache_clear()
    return changed


def close(one: Any, other: Any) -> bool:
    """Return whether two pieces of JSON are equal but for the last digits of numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(close, one, other))
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        same_nan = one != one and other != other
        return numbers and (same_nan or math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-6))
    return one == other
