"""Normalization: what lets a small network learn in 150 steps, and how inputs and weights must be scaled.

The images are the first 3,000 of the training set, shrunk to 16 × 16.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib

NORMS: dict[str, Callable[[int], nn.Module]] = {
    "none": lambda width: nn.Identity(),
    "batch": nn.BatchNorm2d,
    "group": lambda width: nn.GroupNorm(8, width),
    "instance": lambda width: nn.InstanceNorm2d(width, affine=True),
}
STARTS = [("none", "default"), ("none", "he")]
WAYS = [*STARTS, ("batch", "default"), ("group", "default"), ("instance", "default")]
LONGER = WAYS[1:3]
RATES = [0.03, 0.1, 0.3, 1.0, 3.0]
SEEDS = [0, 1, 2]
MORE_SEEDS = range(6)
PLAIN_RATES = {
    "bytes": [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.1, 1.0],
    "0 to 1": [0.01, 0.03, 0.1, 0.3, 1.0, 3.0],
    "standardized": [1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0],
}
NORMED_RATES = [0.03, 0.1, 0.3, 1.0]


def deep(norm: str, seed: int, **other: object) -> dict[str, object]:
    """Settings of a run of the network of six convolutions."""
    return {"data": "shapes10", "net": "deep", "norm": norm, "seed": seed} | other


def shallow(norm: str, inputs: str, rate: float, seed: int, **other: object) -> dict[str, object]:
    """Settings of a run of the network of two convolutions."""
    line = {"data": "shapes10", "net": "shallow", "norm": norm, "inputs": inputs, "rate": rate, "seed": seed}
    return line | other


def all_lines() -> list[dict[str, object]]:
    """Starts and norms with their rates; longer runs; weights times ten; the inputs' scales."""
    lines = [deep(n, s, init=i, rate=r) for (n, i), r, s in product(WAYS, RATES, SEEDS)]
    lines += [deep("instance", s, init="default", rate=10.0) for s in SEEDS]
    lines += [deep(n, s, init=i, rate=r, steps=600) for (n, i), r, s in product(LONGER, RATES[1:4], SEEDS)]
    lines += [deep("batch", s, rate=0.3, scale=10, conv_rate=r) for r, s in product([0.3, 30.0], SEEDS)]
    for inputs, rates in PLAIN_RATES.items():
        lines += [shallow("none", inputs, r, s) for r, s in product(rates, SEEDS)]
    normed = product(["bytes", "centered", "standardized"], NORMED_RATES, MORE_SEEDS)
    lines += [shallow("batch", i, r, s) for i, r, s in normed]
    unpadded = product(["bytes", "standardized"], MORE_SEEDS)
    lines += [shallow("batch", i, 0.3, s, padding=0) for i, s in unpadded]
    return lines


LINES = all_lines()


def network(
    net: str, norm: str, seed: int, init: str = "default", scale: float = 1, padding: int = 1
) -> nn.Sequential:
    """Convolutions, each with `norm` and ReLU, then a dense layer for 10 classes; inputs (N, 3, 16, 16)."""
    torch.manual_seed(seed)  # norm layers draw no random numbers: equal convolutions
    layers: list[nn.Module] = []
    channels = 3
    for stride in [2, 2] if net == "shallow" else [2, 2, 1, 1, 1, 1]:
        width = 16 if channels == 3 else 32
        layers += [nn.Conv2d(channels, width, 3, stride, padding), NORMS[norm](width), nn.ReLU()]
        channels = width
    if net == "deep":
        layers.append(nn.AdaptiveAvgPool2d(1))
    size = 32 if net == "deep" else 32 * (3 + padding) ** 2
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(size, 10))
    for conv in convolutions(model):
        if init == "he":
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            nn.init.zeros_(conv.bias)
        conv.weight.data *= scale
    return model


def convolutions(model: nn.Module) -> list[nn.Conv2d]:
    """The convolutions of a network."""
    return [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]


@functools.cache
def images(data: str) -> dict[str, tuple[Tensor, Tensor]]:
    """Each split's images, 0 to 255, shape (N, 3, 16, 16), and labels."""
    loaders = cnnlib.load(data)
    splits = {}
    for split, count in {"train": 3000, "val": 1000, "test": 2000}.items():
        loader = getattr(loaders, split)
        x = torch.as_tensor(loader.images[:count]).permute(0, 3, 1, 2)
        splits[split] = F.avg_pool2d(x.float(), 2), loader.labels[:count]
    return splits


def scaled(x: Tensor, inputs: str, data: str) -> Tensor:
    """Bytes as the network gets them; "centered" is minus the training set's mean."""
    train = images(data)["train"][0].double()
    mean = train.mean((0, 2, 3)).float().view(3, 1, 1)
    std = train.std((0, 2, 3), correction=0).float().view(3, 1, 1)
    ways = {"bytes": x, "0 to 1": x / 255, "centered": x - mean, "standardized": (x - mean) / std}
    return ways[inputs]


def run(
    data: str,
    net: str,
    norm: str,
    rate: float,
    seed: int,
    *,
    init: str = "default",
    inputs: str = "standardized",
    steps: int = 150,
    scale: float = 1,
    conv_rate: float | None = None,
    padding: int = 1,
) -> dict[str, float]:
    """Train by plain SGD, 32 random images a step, the rate falling to 0 along a line; accuracies at the end.

    The convolutions' weights start `scale` times as large and have the rate `conv_rate`, where it is given.
    """
    x, y = images(data)["train"]
    x = scaled(x, inputs, data)
    model = network(net, norm, seed, init, scale, padding)
    kernels = [conv.weight for conv in convolutions(model)]
    rest = [p for p in model.parameters() if all(p is not kernel for kernel in kernels)]
    groups = [{"params": kernels, "lr": conv_rate or rate}, {"params": rest, "lr": rate}]
    optimizer = torch.optim.SGD(groups)
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    picks = torch.Generator().manual_seed(seed)
    for _step in range(steps):
        batch = torch.randint(len(x), (32,), generator=picks)
        loss = F.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
    model.eval()
    return {split: accuracy(model, data, split, inputs) for split in ("val", "test")}


@torch.no_grad()
def accuracy(model: nn.Module, data: str, split: str, inputs: str) -> float:
    """On a split's images, in the mode that the network is in."""
    x, y = images(data)[split]
    return (model(scaled(x, inputs, data)).argmax(1) == y).double().mean().item()
