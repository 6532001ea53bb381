"""What tests measure of an answer. None of this knows a right result: tables and hidden tests bring it.

The first argument is the answer, or a tuple of the answers if the test is given several. A measure either
returns a value, to be compared, or what is wrong as a list of sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.check.given import fill
from cnnlib.check.modules import module


def call(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return what the answer, a function, gives."""
    return answer(*args, **kwargs)


def filled(answer: Any, /, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Build a network, give it the numbers of `given.fill`, and call it on `x` in evaluation mode."""
    return fill(answer(*args, **kwargs)).eval()(x)


def shapes(
    answer: Any,
    /,
    args: Sequence[Any],
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    max_parameters: int | None = None,
) -> list[str]:
    """Say whether the network built with `args` maps one shape to another, within a budget of parameters."""
    report = module(
        answer(*args), input_shape=input_shape, output_shape=output_shape, max_parameters=max_parameters
    )
    return [] if report.passed else [f"{written(answer, args)}: {report.message}" if args else report.message]


def layers(answer: Any, /, args: Sequence[Any], expected: Mapping[str, int]) -> list[str]:
    """Say how the layers of the network built with `args` differ from those expected, by kind.

    Kinds are "3 × 3 convolutions" (and other sizes), "batch norms" and "linear layers".
    """
    name, found, faults = written(answer, args), dict.fromkeys(expected, 0), []
    for layer in answer(*args).modules():
        kind = None
        if isinstance(layer, nn.Conv2d):
            kind = "{} × {} convolutions".format(*layer.kernel_size)
            if layer.bias is not None:
                faults = [f"{name}: a convolution has a bias; the batch norm after it makes it useless."]
        elif isinstance(layer, nn.BatchNorm2d):
            kind = "batch norms"
        elif isinstance(layer, nn.Linear):
            kind = "linear layers"
        if kind:
            found[kind] = found.get(kind, 0) + 1
    counts = [
        f"{name} has {count} {kind}, expected {expected.get(kind, 0)}."
        for kind, count in found.items()
        if count != expected.get(kind, 0)
    ]
    return faults + counts


def unused(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Name the parameters of the network built with `args` that get no gradient from its result."""
    model = answer(*args).train()
    model(x).square().sum().backward()
    names = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    return (
        [f"{written(answer, args)}: its result does not depend on {', '.join(names[:3])}."] if names else []
    )


def parameters(answer: Any, /, args: Sequence[Any], total: int) -> list[str]:
    """Say whether the network built with `args` has as many parameters as expected."""
    counted = sum(parameter.numel() for parameter in answer(*args).parameters())
    return (
        []
        if counted == total
        else [f"{written(answer, args)} has {counted:,} parameters, expected {total:,}."]
    )


def written(answer: Any, args: Sequence[Any]) -> str:
    """Return a call as a student would write it."""
    return f"{answer.__name__}({', '.join(map(repr, args))})"


def randn(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
