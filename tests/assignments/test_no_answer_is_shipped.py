"""Nothing that a student can import or read earns points: each function and table of cnnlib is tried."""

import contextlib
import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from assignments import EVERY_ASSIGNMENT, module_of, points
from weekly import sampled

import cnnlib
from cnnlib.check import compare, tables


def callables() -> dict[str, Callable]:
    """The public functions and classes of cnnlib, but for those that load, draw or train."""
    found = {}
    for module in pkgutil.walk_packages(cnnlib.__path__, "cnnlib."):
        if module.name.startswith(("cnnlib.arithmetic", "cnnlib.challenge", "cnnlib.check")):
            for name, value in vars(importlib.import_module(module.name)).items():
                if callable(value) and getattr(value, "__module__", None) == module.name and name[0] != "_":
                    found[f"{module.name}.{name}"] = value
    return found


SHIPPED = callables()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Some functions write files where they are called."""
    monkeypatch.chdir(tmp_path)


def objects(names: Iterable[str]) -> list[Any]:
    """What the package's dotted names stand for."""
    return [pkgutil.resolve_name(name) for name in names if name.startswith("cnnlib.")]


def hidden_tests(slug: str) -> dict[str, Callable]:
    return {
        name.removeprefix("hidden_").replace("_", "-") + "-hidden": value
        for name, value in vars(module_of(slug)).items()
        if name.startswith("hidden_")
    }


def earned(test: Callable, answer: Callable, most: float) -> float:
    """The points that an answer gets from a hidden test."""
    parameters = inspect.signature(test).parameters
    given = {name: most if name == "points" else answer for name in parameters}
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            value = test(**given)
    except (Exception, SystemExit):
        return 0.0
    return most if value is None else value


def test_there_is_something_to_try():
    assert {"cnnlib.arithmetic.convolutions.conv_output_size", "cnnlib.check.given.fill"} <= set(SHIPPED)


@EVERY_ASSIGNMENT
def test_no_function_of_the_package_is_an_answer(slug):
    forbidden = {cell: objects(names) for cell, names in module_of(slug).FORBIDDEN.items()}
    won = {
        cell: name
        for cell, test in hidden_tests(slug).items()
        for name, shipped in sampled(SHIPPED.items(), 4)
        if shipped not in forbidden.get(cell, ()) and earned(test, shipped, points(slug)[cell])
    }
    assert not won


class Reader:
    """An answer that looks its results up in the tables of an assignment."""

    def __init__(self, slug: str) -> None:
        steps = [step for table in tables.load(slug).values() for step in table.steps]
        self.known = [
            (case, result)
            for step in steps
            if isinstance(step, tables.Values)
            for case, result in zip(step.cases, step.expected, strict=True)
        ]
        self.__name__ = "reader"

    def __call__(self, *args, **kwargs):
        for (given, options), result in self.known:
            if compare.difference([list(args), kwargs], [list(given), options], rtol=0, atol=0) is None:
                return result.clone() if isinstance(result, torch.Tensor) else result
        raise LookupError("no table has this case")


@EVERY_ASSIGNMENT
def test_a_table_answers_its_own_cases_only(slug):
    reader = Reader(slug)
    assert reader.known
    won = [cell for cell, test in hidden_tests(slug).items() if earned(test, reader, points(slug)[cell])]
    assert not won


@EVERY_ASSIGNMENT
def test_no_right_answer_found_by_hand_stands_in_a_table(slug):
    for table in tables.load(slug).values():
        for step in table.steps:
            if isinstance(step, tables.Fingerprints):
                for entry in step.items.values():
                    assert set(entry) in ({"right", "mistakes", "review"}, {"statements"})
                    marks = (
                        [entry["right"]] if "right" in entry else [m for m, _ in entry["statements"].values()]
                    )
                    assert all(len(mark) == 16 and int(mark, 16) >= 0 for mark in marks)


@pytest.mark.parametrize("name", ["part", "function", "answers"])
def test_what_is_shipped_is_tried_by_the_names_that_students_use(name):
    assert any(key.endswith(f".{name}") for key in SHIPPED)
