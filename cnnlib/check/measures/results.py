"""Measures of a function: what it returns, of which form, with which gradients, and what it refuses."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnlib.check.compare import describe, difference
from cnnlib.check.forbidden import ForbiddenCall
from cnnlib.check.functions import name_of, written
from cnnlib.check.given import FUNCTIONS, ON_TOKENS
from cnnlib.check.trials import copied, raised


def call(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return what the answer, a function, gives."""
    return answer(*args, **kwargs)


def first(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the first of the answer's results, or what it gives instead of several."""
    results = answer(*args, **kwargs)
    return results[0] if isinstance(results, tuple | list) and results else results


def others(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the answer's results with None in place of the first."""
    results = answer(*args, **kwargs)
    return [None, *results[1:]] if isinstance(results, tuple | list) else results


def responses(answer: Any, /, image: Tensor, names: Sequence[str]) -> dict[str, float]:
    """Return what the filters that the answer returns give on an image of their size, by name."""
    return dict(zip(names, functional.conv2d(image[None, None], answer()).flatten().tolist(), strict=True))


def gradients(answer: Any, /, by: Sequence[str], **arguments: Any) -> dict[str, Any]:
    """Return the gradients of a weighted sum of the (first) result by the arguments named.

    If there are several results, the others should have no gradient; it is counted how many have one.
    """
    leaves = {name: arguments[name].detach().clone().requires_grad_() for name in by}
    results = answer(**arguments | leaves)
    y, *rest = results if isinstance(results, tuple | list) else [results]
    if y.requires_grad:
        (y * torch.arange(y.numel()).remainder(7).view(y.shape)).sum().backward()
    found = {
        f"gradient by {name}": torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        for name, leaf in leaves.items()
    }
    return found | {"other results with a gradient": sum(result.requires_grad for result in rest)}


def given_functions(answer: Any, /, names: Sequence[str], *args: Any) -> dict[str, Any]:
    """Return what the answer gives for each of these functions of `given`, its first argument."""
    functions = FUNCTIONS | ON_TOKENS
    *most, last = names
    found = {name: answer(functions[name], *copied(args)) for name in most}
    return found | {last: answer(functions[last], *args)}  # the caller sees whether this changes them


def tensor(answer: Any, /, args: Sequence[Any], shape: Sequence[int], dtype: str) -> list[str]:
    """Say whether the answer gives a tensor of this shape and type, whatever its values are."""
    got = answer(*args)
    same = torch.zeros_like(got) if isinstance(got, Tensor) else got
    fault = difference(same, torch.zeros(shape, dtype=getattr(torch, dtype)))
    return [f"{name_of(answer)} {fault}."] if fault else []


def count(answer: Any, /, args: Sequence[Any], expected: int) -> list[str]:
    """Say whether the answer returns so many results."""
    results = answer(*args)
    if isinstance(results, tuple | list) and len(results) == expected:
        return []
    return [f"{name_of(answer)} returned {describe(results)}, expected {expected} results."]


def refuses(answer: Any, /, args: Sequence[Any], error: str, otherwise: str) -> list[str]:
    """Say what the answer does with arguments for which it should raise an error of this built-in class."""
    try:
        found = f"returned {answer(*args)!r}"
    except ForbiddenCall:
        raise
    except Exception as other:
        if isinstance(other, getattr(builtins, error)):
            return []
        found = raised(other)
    return [f"{written(answer, args)} {found}, {otherwise}"]
