"""Measures of what a network gives whose layers hold the numbers of `given.fill`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from cnnlib.check.compare import plain
from cnnlib.check.functions import written
from cnnlib.check.given import fill


def filled(answer: Any, /, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Build a network, give it the numbers of `given.fill`, and call it on `x` in evaluation mode."""
    return fill(answer(*args, **kwargs)).eval()(x)


def filled_on(answer: Any, /, inputs: Sequence[Tensor], *args: Any) -> list[Tensor]:
    """Build a network once, and do as `filled` with each of several inputs."""
    model = fill(answer(*args)).eval()
    return [model(x) for x in inputs]


def filled_in_mode(answer: Any, /, x: Tensor, training: bool, *args: Any, **kwargs: Any) -> Tensor:
    """Build a network, give it the numbers of `given.fill`, and call it on `x` in training mode or not."""
    return fill(answer(*args, **kwargs)).train(training)(x)


def trained(answer: Any, /, x: Tensor, *args: Any, seed: int = 0) -> dict[str, Tensor]:
    """Build a network, give it the numbers of `given.fill`, and call it in training mode.

    Returns
    -------
    dict of str to Tensor
        The result and, of the sum of its squares, the gradient for `x`, divided by its largest entry.
    """
    x = x.clone().requires_grad_()
    y = fill(answer(*args), seed).train()(x)
    found = None
    if y.requires_grad:
        (found,) = torch.autograd.grad(y.square().sum(), x, allow_unused=True)
    gradient = torch.zeros_like(x) if found is None else found
    scale = gradient.abs().max().clamp_min(1e-30)
    return {"result": y.detach(), "gradient for the input": gradient / scale}


def alike(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Say so if the network built with `args` gives other values in training than in evaluation mode."""
    model = fill(answer(*args))
    results = [plain(model.train(mode)(x.clone())) for mode in (True, False)]
    name = written(answer, args)
    return (
        []
        if torch.allclose(*results, rtol=1e-4, atol=1e-5)
        else [f"{name}: it gives other values in training than in evaluation mode; is there dropout?"]
    )
