"""Check what a function returns, case by case."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

from cnnlib.check import report
from cnnlib.check.compare import describe, elements, show
from cnnlib.check.forbidden import ForbiddenCall
from cnnlib.check.report import Report
from cnnlib.check.trials import UNWRITTEN, Case, Trial, attempt, copied, ended, likely_mistake

MakesCases = Callable[[torch.Generator, int], Case]


def function(
    fn: Callable[..., Any],
    like: Callable[..., Any],
    cases: Callable[[torch.Generator, int], Any] | Sequence[Any],
    *,
    wrong: Mapping[str, Callable[..., Any]] | None = None,
    forbid: Iterable[str] = (),
    rtol: float = 1e-4,
    atol: float = 1e-5,
    seed: int = 0,
    trials: int = 10,
    fresh: bool = False,
) -> Report:
    """Check that a function gives the same results as a reference.

    Parameters
    ----------
    fn : callable
        The function to check.
    like : callable
        The reference. Its results' types, shapes and dtypes are required, too.
    cases : callable or list
        What to call both with, as ``(args, kwargs)``: either a list of such pairs, or a function of a
        `torch.Generator` and the number of the trial that makes one.
    wrong : dict of str to callable, optional
        Wrong references, by the mistake they make ("the kernel is flipped"), with the arguments of `like`. If
        what fails equals what one of them gives, the report names that mistake.
    forbid : iterable of str
        Names for `cnnlib.check.forbid`; `like` may use them.
    rtol, atol : float
        The tolerance of floats; see `torch.isclose`.
    seed : int
        Seeds trial ``t`` with ``seed + t``; not used with a list.
    trials : int
        How many cases to make; not used with a list.
    fresh : bool
        Whether a result that is one of the arguments itself is wrong.

    Returns
    -------
    Report
        After a failure, the message gives the smallest input that fails.
    """
    origin = f" of seed {seed}" if callable(cases) else ""
    cases = made(cases, seed, trials)
    results = {
        words: lambda trial, reference=reference: called(reference, trial.case)
        for words, reference in (wrong or {}).items()
    }
    expected = (called(like, case) for case in cases)
    return compared(
        fn, cases, expected, results, parameters(like), forbid, rtol, atol, fresh=fresh, origin=origin
    )


def made(cases: MakesCases | Sequence[Case], seed: int, trials: int) -> Sequence[Case]:
    """Return the cases of a check, made with the seeds ``seed``, ``seed + 1``, … if they are to be made."""
    if not callable(cases):
        return cases
    return [cases(torch.Generator().manual_seed(seed + number), number) for number in range(trials)]


def called(reference: Callable[..., Any], case: Case) -> Any:
    """Return what a reference gives for a copy of a case."""
    return reference(*copied(case[0]), **copied(case[1]))


def compared(
    fn: Callable[..., Any],
    cases: Sequence[Case],
    expected: Iterable[Any],
    wrong: Mapping[str, Callable[[Trial], Any]],
    labels: Sequence[str] | None,
    forbidden: Iterable[str],
    rtol: float,
    atol: float,
    *,
    fresh: bool = False,
    origin: str = "",
) -> Report:
    """Call `fn` in every case, compare with what is expected there, and say what is wrong.

    Parameters
    ----------
    fn : callable
    cases : sequence of (args, kwargs)
    expected : iterable
        The right result of each case.
    wrong : dict of str to callable
        For each mistake what it gives in a trial; see `likely_mistake`.
    labels : sequence of str, optional
        The names of positional arguments; those of `fn` if it is None.
    forbidden : iterable of str
    rtol, atol : float
    fresh : bool
    origin : str
        Where the cases come from, such as " of seed 3".
    """
    name = name_of(fn)
    if not callable(fn):
        return Report(False, f"expected a function, got {describe(fn)}.")
    forbidden, done = tuple(forbidden), []
    for number, (case, result) in enumerate(zip(cases, expected, strict=True)):
        try:
            trial = attempt(fn, number, case, result, forbidden=forbidden, rtol=rtol, atol=atol, fresh=fresh)
        except ForbiddenCall as error:
            return ended(name, error)
        if number == 0 and trial.fault == UNWRITTEN:
            return Report(False, f"{name} {UNWRITTEN}.", reason=report.UNWRITTEN)
        done.append(trial)
    failed = [trial for trial in done if trial.fault]
    if not failed:
        tolerance = f"rtol={rtol:g}, atol={atol:g}"
        return Report(True, f"{name}: all {len(done)} trials{origin} are right ({tolerance}).", 1.0)
    smallest = min(failed, key=lambda trial: elements(list(trial.case)))
    if smallest.fault == UNWRITTEN:
        return Report(False, f"{name} {UNWRITTEN}.", reason=report.UNWRITTEN)
    smallest_is = f"the smallest is trial {smallest.number}{origin}"
    shown = [*_arguments(labels, fn, smallest.case), ("expected", smallest.expected)]
    shown += [("got", smallest.got)] if smallest.returned else []
    lines = [
        f"{name} {smallest.fault}.",
        likely_mistake(failed, wrong, rtol, atol),
        f"{len(failed)} of {len(done)} trials fail; {smallest_is}:",
        *(_labelled(label, value) for label, value in shown),
    ]
    reason = report.WRONG if any(trial.returned for trial in failed) else report.RAISED
    return Report(False, "\n".join(line for line in lines if line), reason=reason)


def name_of(fn: Any) -> str:
    """Return the name by which a student knows a function or class."""
    name = getattr(fn, "__name__", None)
    return name if isinstance(name, str) else "your function"


def written(answer: Any, args: Sequence[Any]) -> str:
    """Return a call as a student would write it."""
    return f"{answer.__name__}({', '.join(map(repr, args))})"


def parameters(fn: Callable[..., Any]) -> list[str] | None:
    """Return the names of a function's parameters; None if it takes any, or does not tell."""
    try:
        found = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):
        return None  # a built-in function has no signature
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in found):
        return None
    return [parameter.name for parameter in found]


def _arguments(labels: Sequence[str] | None, fn: Callable, case: Case) -> list[tuple[str, Any]]:
    """Pair each argument with its parameter's name, where a signature tells it."""
    args, kwargs = case
    names = labels if labels is not None else parameters(fn)
    if names is None or len(names) < len(args):
        names = [f"argument {index}" for index in range(1, len(args) + 1)]
    return list(zip(names, args, strict=False)) + list(kwargs.items())


def _labelled(label: str, value: Any) -> str:
    first, *rows = show(value).split("\n")
    return "\n".join([f"  {label}: {first}", *(textwrap.indent(row, "    ") for row in rows)])
