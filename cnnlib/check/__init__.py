"""Check a student's answer against a reference and say what is wrong in words.

Nothing here knows an answer: a check compares with a function that the test names, usually PyTorch's own.
"""

import hashlib
import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.check.compare import describe, elements, plain, show
from cnnlib.check.forbidden import ForbiddenCall, forbid
from cnnlib.check.trials import UNWRITTEN, Case, attempt, likely_mistake, raised

__all__ = ["ForbiddenCall", "Report", "answers", "digest", "forbid", "function", "module"]


@dataclass(frozen=True, repr=False)
class Report:
    """The outcome of a check.

    Parameters
    ----------
    passed : bool
        Whether everything was right; also the report's truth value.
    message : str
        What was checked or, after a failure, what is wrong.
    """

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return self.message


def function(
    fn: Callable[..., Any],
    like: Callable[..., Any],
    cases: Callable[[torch.Generator, int], Case] | Sequence[Case],
    *,
    wrong: Mapping[str, Callable[..., Any]] | None = None,
    forbid: Iterable[str] = (),
    rtol: float = 1e-4,
    atol: float = 1e-5,
    seed: int = 0,
    trials: int = 10,
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

    Returns
    -------
    Report
        After a failure, the message gives the smallest input that fails.
    """
    name = _name(fn)
    if not callable(fn):
        return Report(False, f"expected a function, got {describe(fn)}.")
    if callable(cases):
        cases = [cases(torch.Generator().manual_seed(seed + number), number) for number in range(trials)]
        origin = f" of seed {seed}"
    else:
        origin = ""
    done = []
    for number, case in enumerate(cases):
        try:
            done.append(attempt(fn, like, number, case, tuple(forbid), rtol, atol))
        except ForbiddenCall as error:
            return Report(False, f"In {name}, {error}")
        if number == 0 and done[0].fault == UNWRITTEN:
            return Report(False, f"{name} {UNWRITTEN}.")
    failed = [trial for trial in done if trial.fault]
    if not failed:
        tolerance = f"rtol={rtol:g}, atol={atol:g}"
        return Report(True, f"{name}: all {len(done)} trials{origin} are right ({tolerance}).")
    smallest = min(failed, key=lambda trial: elements(list(trial.case)))
    if smallest.fault == UNWRITTEN:
        return Report(False, f"{name} {UNWRITTEN}.")
    smallest_is = f"the smallest is trial {smallest.number}{origin}"
    shown = [*_arguments(like, fn, smallest.case), ("expected", smallest.expected)]
    shown += [("got", smallest.got)] if smallest.returned else []
    lines = [
        f"{name} {smallest.fault}.",
        likely_mistake(failed, wrong or {}, rtol, atol),
        f"{len(failed)} of {len(done)} trials fail; {smallest_is}:",
        *(_labelled(label, value) for label, value in shown),
    ]
    return Report(False, "\n".join(line for line in lines if line))


def module(
    model: nn.Module,
    *,
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    max_parameters: int | None = None,
) -> Report:
    """Check that a model maps one shape to another, to finite numbers, within a budget of parameters.

    Parameters
    ----------
    model : nn.Module
        The model; it is called once in evaluation mode, without gradients, and left in the mode it was in.
    input_shape, output_shape : sequence of int
        Shapes with the batch dimension.
    max_parameters : int, optional
        The largest number of parameters allowed.

    Returns
    -------
    Report
    """
    if not isinstance(model, nn.Module):
        hint = f"; create one with {model.__name__}(…)" if isinstance(model, type) else ""
        return Report(False, f"expected an nn.Module, got {describe(model)}{hint}.")
    name = type(model).__name__
    given, wanted = tuple(input_shape), tuple(output_shape)
    x = torch.randn(given, generator=torch.Generator().manual_seed(0))
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        with torch.no_grad(), redirect_stderr(sys.stdout):
            y = plain(model(x))
    except (Exception, SystemExit) as error:
        return Report(False, f"{name}, called with a tensor of shape {given}, {raised(error)}.")
    finally:
        for part, training in modes:
            part.training = training
    if y is None:
        return Report(False, f"{name} returned None; did you forget `return` in forward?")
    if not isinstance(y, Tensor):
        return Report(False, f"{name} returned {describe(y)}, expected a tensor of shape {wanted}.")
    if tuple(y.shape) != wanted:
        return Report(False, f"{name} maps shape {given} to {tuple(y.shape)}, expected {wanted}.")
    if not torch.isfinite(y).all():
        return Report(False, f"{name} returned NaN or infinite values for a standard normal input.")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if max_parameters is not None and parameters > max_parameters:
        return Report(False, f"{name} has {parameters:,} parameters; at most {max_parameters:,} are allowed.")
    return Report(True, f"{name}: {given} → {wanted}, {parameters:,} parameters.")


def digest(item: str, answer: Any) -> str:
    """Return a fingerprint of an answer found by hand, so that a test can tell it without printing it.

    Parameters
    ----------
    item : str
        The key of the answer.
    answer : int, str, or a tuple or list of them
        Tuples and lists count as the same.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    TypeError
        If the answer is of another type.
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
    *,
    mistakes: Mapping[str, str] | None = None,
) -> Report:
    """Check answers found by hand, without giving them away.

    Parameters
    ----------
    given : dict
        The student's answers. Keys that are not in `digests` are ignored.
    digests : dict of str to str
        For each key, the `digest` of the right answer.
    review : dict of str to str
        For each key, what to review when the answer is wrong.
    mistakes : dict of str to str, optional
        For the `digest` of an answer that a known mistake gives, what that mistake is.

    Returns
    -------
    Report
        After a failure, the message has a line for each wrong answer.
    """
    if not isinstance(given, Mapping):
        hint = "; did you forget `return`?" if given is None else ""
        return Report(False, f"expected a dict with the keys {list(digests)}, got {describe(given)}{hint}.")
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
            advice = (mistakes or {}).get(found, review[item])
            lines.append(f"{item}: {given[item]!r} is not right. {advice}")
    if lines:
        return Report(False, "\n".join([f"{len(lines)} of {len(digests)} answers are not right:", *lines]))
    return Report(True, f"all {len(digests)} answers are right.")


def _name(fn: Any) -> str:
    name = getattr(fn, "__name__", None)
    return name if isinstance(name, str) else "your function"


def _arguments(like: Callable, fn: Callable, case: Case) -> list[tuple[str, Any]]:
    """Pair each argument with its parameter's name, where a signature tells it."""
    args, kwargs = case
    for candidate in (like, fn):
        try:
            signature = inspect.signature(candidate)
            if not any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in signature.parameters.values()):
                return list(signature.bind(*args, **kwargs).arguments.items())
        except (TypeError, ValueError):
            continue  # a built-in function has no signature
    return [(f"argument {index}", value) for index, value in enumerate(args, 1)] + list(kwargs.items())


def _labelled(label: str, value: Any) -> str:
    first, *rows = show(value).split("\n")
    return "\n".join([f"  {label}: {first}", *(textwrap.indent(row, "    ") for row in rows)])
