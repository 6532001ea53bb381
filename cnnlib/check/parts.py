"""The test under an answer in an exercise: one call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from typing import Any

from cnnlib.check import measures, tables
from cnnlib.check.by_hand import against_fingerprints
from cnnlib.check.forbidden import forbid
from cnnlib.check.functions import compared, name_of
from cnnlib.check.report import Report
from cnnlib.check.trials import copied, ended

MOST_FAULTS = 6  # conditions that are named at a time


def part(name: str, *answers: Any, table: str | None = None) -> float | None:
    """Test an answer to a part of an exercise, say that it is right, or raise what is wrong.

    Parameters
    ----------
    name : str
        The exercise and its part, such as "pooling/p2-max".
    *answers : object
        What you have written: a function or a class, or several.
    table : str, optional
        The version of the part's table of cases that the notebook was made with.

    Returns
    -------
    float or None
        For answers found by hand of which some are right, the points that they give; otherwise None.

    Raises
    ------
    WrongAnswer
        An `AssertionError`, if something is wrong; its text says what, and which mistake gives that.
    RuntimeError
        If the installed package has no table for this part, or another version of it.
    """
    said, trials = "", 0
    for step in _steps(name, table):
        report = _run(step, name, answers)
        if not report.passed:
            return report.points(step.points if isinstance(step, tables.Fingerprints) else 0)
        said = said or report.message
        if isinstance(step, tables.Values):  # of several steps, count the trials of all
            trials += len(step.cases)
            tolerance = f"rtol={step.rtol:g}, atol={step.atol:g}"
            said = f"{name_of(answers[0])}: all {trials} trials are right ({tolerance})."
    print(f"✓ {said}")
    return None


def _steps(name: str, version: str | None) -> tuple[tables.Step, ...]:
    exercise, _, key = name.partition("/")
    try:
        found = tables.load(exercise)[key]
    except (FileNotFoundError, KeyError):
        raise RuntimeError(
            f"The installed cnnlib has no test {name!r}: it is older or newer than this notebook. {_UPDATE}"
        ) from None
    if version not in (None, found.version):
        raise RuntimeError(
            f"This notebook was made with version {version} of the test {name!r}, but the installed cnnlib "
            f"has version {found.version}. {_UPDATE}"
        )
    return found.steps


_UPDATE = (
    "Get the one that belongs to it: in Colab, run the notebook's first cell, then choose Runtime → Restart "
    "session and run all. On your computer, copy the line with `%pip install` from the notebook's first cell "
    "into a cell of its own and run it; if none stands there, run `git pull` and "
    "`pip install --editable .` in the course's folder. Then restart the kernel."
)


def _run(step: tables.Step, name: str, answers: tuple[Any, ...]) -> Report:
    answer = answers[0] if len(answers) == 1 else answers
    known_as = name_of(answers[0])
    if isinstance(step, tables.Fingerprints):
        try:
            with redirect_stderr(sys.stdout):
                given = answer()
        except (Exception, SystemExit) as error:
            return ended(known_as, error)
        return against_fingerprints(given, step.items, name)
    measure = getattr(measures, step.measure)
    if isinstance(step, tables.Conditions):
        return _look(step, measure, answer, known_as)

    def measured(*args: Any, **kwargs: Any) -> Any:
        return measure(answer, *args, **kwargs)

    measured.__name__ = known_as
    if measure is measures.call:
        measured = answer  # whose parameters' names are known
    wrong = {
        words: lambda trial, results=results: _possible(results[trial.number])
        for words, results in step.wrong.items()
    }
    return compared(
        measured,
        step.cases,
        step.expected,
        wrong,
        step.labels,
        step.forbidden,
        step.rtol,
        step.atol,
        fresh=step.fresh,
    )


def _possible(result: Any) -> Any:
    if isinstance(result, dict) and result.keys() == tables.IMPOSSIBLE.keys():
        raise ValueError("this mistake is not possible with these arguments")
    return result


def _look(step: tables.Conditions, measure: Callable[..., Any], answer: Any, known_as: str) -> Report:
    faults: list[str] = []
    for args, kwargs in step.cases:
        try:
            with redirect_stderr(sys.stdout), forbid(*step.forbidden):
                faults += measure(answer, *copied(args), **copied(kwargs))
        except (Exception, SystemExit) as error:
            return ended(known_as, error)
    if not faults:
        return Report(True, f"{known_as}: all conditions are met.", 1.0)
    return Report(False, "\n".join(filter(None, [step.heading, *faults[:MOST_FAULTS]])))
