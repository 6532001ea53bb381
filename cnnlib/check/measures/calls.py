"""Measures of what a call does besides its result: to the input, to batch norms, to weights and gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.check.functions import name_of, written


def once(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Say so if a batch norm of the network built with `args` does not run once in a call."""
    model = answer(*args).train()
    model(x)
    counts = [part.num_batches_tracked for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    seen = {int(count) for count in counts if count is not None}
    return [
        f"{written(answer, args)}: called once in training mode, a batch norm runs {count} times, expected 1."
        for count in sorted(seen - {1})
    ]


def unchanged(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Say so if the network built with `args` changes its input."""
    given = x.clone()
    with torch.no_grad():
        answer(*args)(given)
    name = written(answer, args)
    return [] if torch.equal(given, x) else [f"{name} changed its argument in place; work on a copy."]


def unused(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Name the parameters of the network built with `args` that get no gradient from its result."""
    model = answer(*args).train()
    y = model(x)
    if not y.requires_grad:
        return [f"{written(answer, args)}: its result has no gradient; is it detached, or made in no_grad?"]
    y.square().sum().backward()
    names = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    return (
        [f"{written(answer, args)}: its result does not depend on {', '.join(names[:3])}."] if names else []
    )


def run_once(answer: Any, /, model: nn.Module, *args: Any) -> list[str]:
    """Say so if the answer runs a model in training mode, twice, or changes its weights."""
    before = [parameter.detach().clone() for parameter in model.parameters()]
    answer(model, *args)
    if not all(map(torch.equal, before, model.parameters())):
        return [f"{name_of(answer)} changes the model's weights; it should only measure."]
    counts = [int(part.num_batches_tracked) for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    most = max(counts, default=0)
    return [f"{name_of(answer)} runs the model {most} times, expected once."] if most > 1 else []
