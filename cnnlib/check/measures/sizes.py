"""Measures of a network's width and of how many numbers it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from cnnlib.check.functions import written


def narrowest(answer: Any, /, *args: Any) -> dict[str, int]:
    """Return how narrow the network built with `args` is, and how many parameters it has."""
    model = answer(*args)
    widths = [layer.out_channels for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    return {
        "channels of the narrowest convolution": min(widths, default=0),
        "parameters in training": sum(parameter.numel() for parameter in model.parameters()),
    }


def stored(answer: Any, /, args: Sequence[Any], most: int) -> list[str]:
    """Say so if parameters and buffers are too many, without the statistics that batch norms keep."""
    model = answer(*args)
    norms = [part for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    statistics = sum(buffer.numel() for norm in norms for buffer in norm.buffers())
    total = sum(values.numel() for values in [*model.parameters(), *model.buffers()]) - statistics
    if total <= most:
        return []
    held = f"{written(answer, args)} holds {total:,} numbers in parameters and buffers"
    return [f"{held}; at most {most:,} are allowed."]


def parameters(answer: Any, /, args: Sequence[Any], total: int) -> list[str]:
    """Say whether the network built with `args` has as many parameters as expected."""
    counted = sum(parameter.numel() for parameter in answer(*args).parameters())
    return (
        []
        if counted == total
        else [f"{written(answer, args)} has {counted:,} parameters, expected {total:,}."]
    )
