"""Check a network's configuration, such as ``[("conv", 16, 3, 1, 1), ("global",), ("linear", 10)]``.

This knows what a configuration costs and sees, but no configuration that meets a task's conditions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

# The numbers that follow each kind: "conv" has out_channels, kernel_size, stride, padding; "pool" has
# kernel_size, stride; "linear" has out_features.
NUMBERS = {"conv": 4, "pool": 2, "global": 0, "linear": 1}
EXPECTED = (
    "Expected ('conv', out_channels, kernel_size, stride, padding), ('pool', kernel_size, stride), "
    "('global',) or ('linear', out_features), with whole numbers, a stride of at most the kernel size and a "
    "padding of at most half of it."
)
LARGE = 10**8  # values of the input, times all numbers of the layer
HINTS = {
    "Parameters": "most of them are where many channels meet many channels",
    "MACs": "parameters cost most where the map is large",
    "Values": "the first maps are the largest",
}


def read(layers: Any) -> list[tuple] | str:
    """Return a configuration as tuples of Python's own values, or what is wrong with its form."""
    if not isinstance(layers, tuple | list):
        return f"returned {layers!r}, expected a list of tuples."
    plain = []
    for index, layer in enumerate(layers):
        if isinstance(layer, tuple | list):
            layer = tuple(part.item() if isinstance(part, np.generic) else part for part in layer)
        if not is_proper(layer):
            return f"returned a list whose layer {index} is {layer!r}. {EXPECTED}"
        plain.append(layer)
    return plain


def is_proper(layer: Any) -> bool:
    """Return whether a layer is a tuple of its kind, with whole numbers that make sense."""
    if not isinstance(layer, tuple) or not layer or not isinstance(layer[0], str):
        return False
    kind, *numbers = layer
    if len(numbers) != NUMBERS.get(kind, -1) or any(type(number) is not int for number in numbers):
        return False
    if kind not in ("conv", "pool"):
        return min([1, *numbers]) >= 1
    channels, (kernel_size, stride, padding) = numbers[0], window(kind, numbers)
    return channels >= 1 and 1 <= stride <= kernel_size and 0 <= padding <= kernel_size // 2


def window(kind: str, numbers: Sequence[int]) -> tuple[int, int, int]:
    """Return kernel size, stride and padding of a convolution or pooling."""
    return tuple(numbers[1:]) if kind == "conv" else (*numbers, 0)


def faults(
    layers: Sequence[tuple],
    input_shape: Sequence[int],
    classes: int,
    least: Mapping[str, int],
    most: Mapping[str, int],
) -> list[str]:
    """Say which conditions a configuration does not meet.

    Parameters
    ----------
    layers : sequence of tuple
        As `read` returns it.
    input_shape : sequence of int
        (C, H, W) of an image.
    classes : int
    least : dict of str to int
        "convolutions", of at least so many "width" channels and a "kernel" of at least so much; "channels"
        and "side" of the last map, and the receptive "field" of one of its places.
    most : dict of str to int
        Of "Parameters", "MACs" and "Values" for one image: its own and those of the outputs of all layers.
    """
    kinds = [layer[0] for layer in layers]
    head = next((i for i, kind in enumerate(kinds) if kind in ("global", "linear")), len(kinds))
    dense = kinds[head + 1 :] if kinds[head : head + 1] == ["global"] else kinds[head:]
    if set(dense) != {"linear"} or layers[-1][1] != classes:
        return [
            f"After the maps comes 'global' at most once, then 'linear' only, the last with {classes} "
            f"features; your list ends in {list(layers[head:])}."
        ]
    x, size, jump = torch.zeros(1, *input_shape), 1, 1
    cost = dict.fromkeys(HINTS, 0) | {"Values": x.numel()}
    last_map = x.shape
    for index, (kind, *numbers) in enumerate(layers):
        if index < head:
            kernel_size, stride, padding = window(kind, numbers)
            if min(x.shape[2:]) + 2 * padding < kernel_size:
                shape = tuple(x.shape[1:])
                return [f"Layer {index}, {layers[index]}, does not fit on a map of shape {shape}."]
            size, jump = size + (kernel_size - 1) * jump, jump * stride
        x = x.to(device(x, numbers))
        x = run(x, _MAKE[kind](x, *numbers), cost)
        last_map = x.shape if index < head else last_map
    deep = [
        layer
        for layer in layers
        if layer[0] == "conv" and layer[1] >= least["width"] and layer[2] >= least["kernel"]
    ]
    found = []
    if len(deep) < least["convolutions"]:
        found.append(
            f"Depth: {len(deep)} convolutions with a kernel >= {least['kernel']} and at least "
            f"{least['width']} channels, expected {least['convolutions']}."
        )
    side = least["side"]
    if last_map[1] < least["channels"] or min(last_map[2:]) < side:
        found.append(
            f"Resolution: the last map is {tuple(last_map[1:])}, expected at least {least['channels']} "
            f"channels of {side} x {side}."
        )
    field = least["field"]
    if size < field:
        found.append(
            f"Receptive field: {size} x {size} pixels, expected at least {field} x {field}. It grows faster "
            "after a stride."
        )
    return found + [
        f"{name}: {cost[name]:,}, {cost[name] - limit:,} more than {limit:,}; {HINTS[name]}."
        for name, limit in most.items()
        if cost[name] > limit
    ]


_MAKE: Mapping[str, Callable[..., nn.Module]] = {
    "conv": lambda x, *numbers: nn.Conv2d(x.shape[1], *numbers, device=x.device),
    "pool": lambda x, *numbers: nn.MaxPool2d(*numbers),
    "global": lambda x: nn.AdaptiveAvgPool2d(1),
    "linear": lambda x, features: nn.Linear(x[0].numel(), features, device=x.device),
}


def device(x: Tensor, numbers: Sequence[int]) -> str:
    """Return where to try a layer: without values if it is large, for the first time there takes seconds."""
    large = x[0].numel() * math.prod(max(1, number) for number in numbers) > LARGE
    return "meta" if large or x.is_meta else "cpu"


def run(x: Tensor, layer: nn.Module, cost: dict[str, int]) -> Tensor:
    """Return a layer's output, and add what it costs for one image."""
    y = layer(x.flatten(1) if isinstance(layer, nn.Linear) else x)
    own = list(layer.parameters())
    cost["Parameters"] += sum(parameter.numel() for parameter in own)
    cost["MACs"] += y[0].numel() * own[0][0].numel() if own else 0
    cost["Values"] += y[0].numel()
    return y
