"""Call a student's function once, and find out what its failing calls have in common."""

import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cnnlib.check.compare import difference
from cnnlib.check.forbidden import ForbiddenCall, forbid

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
    like: Callable,
    number: int,
    case: Case,
    names: Iterable[str],
    rtol: float,
    atol: float,
) -> Trial:
    """Call the reference, then `fn` with a copy of the same arguments and the named functions forbidden.

    Raises
    ------
    ForbiddenCall
        If `fn` uses one of the named functions.
    """
    expected = like(*_copy(case[0]), **_copy(case[1]))
    args, kwargs = _copy(case[0]), _copy(case[1])
    try:
        # What a student's code prints on stderr, a warning too, must not look like a failure of the cell.
        with redirect_stderr(sys.stdout), forbid(*names):
            got = fn(*args, **kwargs)
    except ForbiddenCall:
        raise
    except (Exception, SystemExit) as error:
        return Trial(number, case, expected, fault=raised(error))
    fault = difference(got, expected, rtol=rtol, atol=atol)
    if fault is None and difference([list(args), kwargs], [list(case[0]), case[1]], rtol=0, atol=0):
        fault = "changed its argument in place; work on a copy (`clone`)"
        if any(got is argument for argument in args):
            fault = "returned its argument, changed in place; return a new tensor"
    return Trial(number, case, expected, got, fault, returned=True)


def likely_mistake(failed: list[Trial], wrong: Mapping[str, Callable], rtol: float, atol: float) -> str:
    """Name the wrong reference that gives what was returned in most of the failing trials.

    One match can be a coincidence, so at least two are asked for, and at least half of the failing trials.
    """
    returned = [trial for trial in failed if trial.returned]
    matches = {
        message: sum(_same(trial, reference, rtol, atol) for trial in returned)
        for message, reference in wrong.items()
    }
    most = max(matches.values(), default=0)
    if most < 2 or 2 * most < len(failed):
        return ""
    best = " or ".join(message for message, count in matches.items() if count == most)
    return f"Likely mistake: {best} ({most} of {len(failed)} failing results equal what that gives)."


def _same(trial: Trial, reference: Callable, rtol: float, atol: float) -> bool:
    args, kwargs = _copy(trial.case[0]), _copy(trial.case[1])
    try:
        result = reference(*args, **kwargs)
    except Exception:
        return False  # this mistake is not possible with these arguments
    return difference(trial.got, result, rtol=rtol, atol=atol) is None


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


def place(error: BaseException, *more: Path) -> tuple[int, str] | None:
    """Return number and text of the last line that an error passed outside the libraries and `more`."""
    folders = (Path(torch.__file__).parents[1], Path(inspect.__file__).parent, Path(__file__).parent, *more)
    libraries = tuple(map(str, folders))
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(libraries)]
    return (own[-1].lineno, own[-1].line) if own and own[-1].line else None


def _copy(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(map(_copy, value))
    return value
