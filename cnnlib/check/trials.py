"""Call a student's function once, and find out what its failing calls have in common."""

from __future__ import annotations

import copy
import inspect
import math
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.check import report
from cnnlib.check.compare import difference
from cnnlib.check.forbidden import ForbiddenCall, forbid
from cnnlib.check.report import Report

Case = tuple[tuple, dict[str, Any]]
UNWRITTEN = "is not written yet (it raised NotImplementedError)"


@dataclass(frozen=True)
class Trial:
    """One call: what went in, what should come out, what came out, and what is wrong with it."""

    number: int
    case: Case
    expected: Any
    got: Any = None
    fault: str | None = None  # a clause that starts with a verb in the past
    returned: bool = False


def attempt(
    fn: Callable,
    number: int,
    case: Case,
    expected: Any,
    *,
    forbidden: Iterable[str],
    rtol: float,
    atol: float,
    fresh: bool,
) -> Trial:
    """Call `fn` with a copy of the arguments while the named functions are forbidden, and compare.

    Raises
    ------
    ForbiddenCall
        If `fn` uses one of the named functions.
    """
    args, kwargs = copied(case[0]), copied(case[1])
    try:
        # What a student's code prints on stderr, a warning too, must not look like a failure of the cell.
        with redirect_stderr(sys.stdout), forbid(*forbidden):
            got = fn(*args, **kwargs)
    except ForbiddenCall:
        raise
    except (Exception, SystemExit) as error:
        return Trial(number, case, expected, fault=raised(error))
    fault = difference(got, expected, rtol=rtol, atol=atol)
    if fault is None and difference(watched((args, kwargs)), watched(case), rtol=0, atol=0):
        fault = "changed its argument in place; work on a copy"
        if any(got is argument for argument in args):
            fault = "returned its argument, changed in place; return a new tensor"
    if fault is None and fresh and any(got is argument for argument in args):
        fault = "returned its argument itself; return a new tensor (`clone`), also where nothing changes"
    return Trial(number, case, expected, got, fault, returned=True)


def likely_mistake(
    failed: list[Trial], wrong: Mapping[str, Callable[[Trial], Any]], rtol: float, atol: float
) -> str:
    """Name the mistake that gives what was returned in most of the failing trials.

    One match can be a coincidence, so at least two are asked for, and at least half of the failing trials.

    Parameters
    ----------
    failed : list of Trial
    wrong : dict of str to callable
        For each mistake what it gives in a trial; it raises where the mistake is not possible.
    rtol, atol : float
    """
    # Where the result is right, and only an argument was changed, some mistakes give the same.
    returned = [
        trial
        for trial in failed
        if trial.returned and difference(trial.got, trial.expected, rtol=rtol, atol=atol)
    ]
    matches = {
        message: sum(_same(trial, result, rtol, atol) for trial in returned)
        for message, result in wrong.items()
    }
    most = max(matches.values(), default=0)
    if most < 2 or 2 * most < len(failed):
        return ""
    best = " or ".join(message for message, count in matches.items() if count == most)
    return f"Likely mistake: {best} ({most} of {len(failed)} failing results equal what that gives)."


def _same(trial: Trial, result: Callable[[Trial], Any], rtol: float, atol: float) -> bool:
    try:
        mistaken = result(trial)
    except Exception:
        return False  # this mistake is not possible with these arguments
    return difference(trial.got, mistaken, rtol=rtol, atol=atol) is None


def raised(error: BaseException) -> str:
    """Describe what a student's code raised, and where, without the frames of libraries.

    An error that comes from another process has an attribute ``where``: what `place` gave there.
    """
    if isinstance(error, NotImplementedError) and not str(error):
        return UNWRITTEN
    found = error.where if hasattr(error, "where") else place(error)
    where = f", at line {found[0]}: `{found[1]}`" if found else ""
    text = str(error).strip().split("\n")[0]
    return f"raised {type(error).__name__}" + (f" ({text})" if text else "") + where


def ended(name: str, error: BaseException) -> Report:
    """Report what a student's code raised before it gave something to look at."""
    if isinstance(error, ForbiddenCall):
        return Report(False, f"In {name}, {error}", reason=report.FORBIDDEN)
    words = raised(error)
    return Report(False, f"{name} {words}.", reason=report.UNWRITTEN if words == UNWRITTEN else report.RAISED)


def place(error: BaseException, *more: Path) -> tuple[int, str] | None:
    """Return number and text of the last line that an error passed outside the libraries and `more`."""
    folders = (
        Path(torch.__file__).parents[1],
        Path(inspect.__file__).parent,
        Path(__file__).parents[1],
        *more,
    )
    libraries = tuple(map(str, folders))
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(libraries)]
    return (own[-1].lineno, own[-1].line) if own and own[-1].line else None


def watched(value: Any) -> Any:
    """Return a case's value without its modules, which a call may change: running statistics move.

    NaN, which equals nothing, becomes a text.
    """
    if isinstance(value, nn.Module):
        return None
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, dict):
        return {key: watched(item) for key, item in value.items()}
    return list(map(watched, value)) if isinstance(value, tuple | list) else value


def copied(value: Any) -> Any:
    """Return a copy of a case's value that a student's function may change."""
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, nn.Module):
        return copy.deepcopy(value)
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(copied, value))
    return value
