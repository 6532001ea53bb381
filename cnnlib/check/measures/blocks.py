"""Measures of residual blocks: one built from given parts, and blocks made by a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnlib.check import residual_blocks
from cnnlib.check.compare import describe, plain
from cnnlib.check.functions import name_of
from cnnlib.check.measures.results import gradients


def wrapped(answer: Any, /, x: Tensor, *parts: Any) -> Tensor:
    """Build a module from parts, and call it; see `_part`."""
    return answer(*(_part(answer, part) for part in parts))(x)


def wrapped_gradient(answer: Any, /, x: Tensor, *parts: Any) -> dict[str, Tensor]:
    """Do as `wrapped`, and return the gradient for `x` of a weighted sum of the result."""
    found = gradients(lambda x: wrapped(answer, x, *parts), ["x"], x=x)
    return {"gradient for the input": found["gradient by x"]}


def _part(answer: Any, part: Any) -> nn.Module:
    """Return a convolution with this kernel, "identity", "cut", or what the answer makes of several parts."""
    if isinstance(part, tuple):
        return answer(*(_part(answer, inner) for inner in part))
    if isinstance(part, str):
        return {"identity": _Same, "cut": _Cut}[part]()
    return _Part(part)


class _Same(nn.Module):
    """A module that returns its input itself."""

    def forward(self, x: Tensor) -> Tensor:
        return x


class _Cut(nn.Module):
    """A module that lets no gradient through."""

    def forward(self, x: Tensor) -> Tensor:
        return 3 * x.detach()


class _Part(nn.Module):
    """A convolution that keeps the size of maps, and counts its calls."""

    def __init__(self, kernel: Tensor) -> None:
        super().__init__()
        self.weight, self.calls = nn.Parameter(kernel), 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return functional.conv2d(x, self.weight, padding=self.weight.shape[-1] // 2)


def held(answer: Any, /, x: Tensor, kernels: Mapping[str, Tensor]) -> list[str]:
    """Say which of its parts the module built from convolutions does not hold, or does not call once.

    It should hold nothing else that is trained, and give the same in both modes.
    """
    parts = {name: _Part(kernel) for name, kernel in kernels.items()}
    block = answer(*parts.values())
    if not isinstance(block, nn.Module):
        return [f"{name_of(answer)} is not an nn.Module."]
    known = {id(parameter) for parameter in block.parameters()}
    faults = [
        f"The parameters of the block do not include those of {name}, so training would leave them as they "
        "are. A part must be an attribute of its own: a list or a function hides it."
        for name, part in parts.items()
        if id(part.weight) not in known
    ]
    y = block.train()(x)
    faults += [
        f"{name} is called {part.calls} times in one call of the block, expected 1."
        for name, part in parts.items()
        if part.calls != 1
    ]
    if known - {id(part.weight) for part in parts.values()}:
        faults.append("The block has parameters besides those of its parts.")
    if not torch.equal(plain(y), plain(block.eval()(x))):
        faults.append("The block gives other values in evaluation mode than in training mode.")
    return faults


def residual(
    answers: Any, /, channels: int, wanted: Sequence[Mapping[str, Any]], sizes: Sequence[Any]
) -> list[str]:
    """Say which conditions the blocks do not meet that one answer makes, of the class that is the other.

    See `residual_blocks.faults`.
    """
    make, kind = answers
    made = make()
    if not isinstance(made, list):
        return [f"{name_of(make)} must return a list, not {describe(made)}."]
    if len(made) != len(wanted):
        return [f"{name_of(make)} returned {len(made)} blocks, expected {len(wanted)}."]
    return [
        f"Block {number}: {fault}"
        for number, (block, conditions) in enumerate(zip(made, wanted, strict=True), start=1)
        for fault in residual_blocks.faults(block, kind, channels, conditions, sizes)
    ]
