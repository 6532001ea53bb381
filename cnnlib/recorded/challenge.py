"""The challenge: accuracy against parameters, separable or standard, with batch norm or without."""

from __future__ import annotations

import functools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib

IMAGES, RATED, EPOCHS, BATCH = 8_000, 2_000, 2, 32
RATES = (0.001, 0.003, 0.01, 0.03)  # of Adam, at the peak of one cycle; seed 0 tries them
# Kind, batch norm and width of each network; its rate with the best accuracy on the first validation images.
BEST = {
    ("standard", True, 4): 0.01,
    ("standard", True, 8): 0.01,
    ("standard", True, 16): 0.01,
    ("standard", False, 4): 0.01,
    ("standard", False, 8): 0.003,
    ("standard", False, 16): 0.003,
    ("separable", True, 8): 0.01,
    ("separable", True, 16): 0.01,
    ("separable", True, 32): 0.01,
    ("separable", False, 8): 0.01,
    ("separable", False, 16): 0.01,
    ("separable", False, 32): 0.01,
    ("LeNet", True, 0): 0.003,
    ("LeNet", False, 0): 0.003,
}


def all_lines() -> list[dict[str, object]]:
    """The search for rates with seed 0, then three other seeds at the best one."""
    lines: list[dict[str, object]] = []
    for (kind, norm, width), best in BEST.items():
        design = {"kind": kind, "norm": norm, "width": width}
        lines += [design | {"rate": rate, "seed": 0} for rate in RATES]
        lines += [design | {"rate": best, "seed": seed} for seed in (1, 2, 3)]
    return lines


LINES = all_lines()


def unit(
    c_in: int, c_out: int, kernel_size: int, norm: bool, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """Convolution and ReLU, with batch norm or else a bias between them."""
    conv = nn.Conv2d(c_in, c_out, kernel_size, stride, kernel_size // 2, groups=groups, bias=not norm)
    return [conv, nn.BatchNorm2d(c_out), nn.ReLU()] if norm else [conv, nn.ReLU()]


def small(separable: bool, norm: bool, width: int) -> nn.Sequential:
    """Four blocks from 3 to 4 `width` channels, 32 × 32 to 8 × 8, an average and a dense layer."""

    def block(c_in: int, c_out: int, stride: int = 1) -> list[nn.Module]:
        if not separable:
            return unit(c_in, c_out, 3, norm, stride)
        return [*unit(c_in, c_in, 3, norm, stride, groups=c_in), *unit(c_in, c_out, 1, norm)]

    body = [*unit(3, width, 3, norm), *block(width, 2 * width, 2)]
    body += [*block(2 * width, 2 * width), *block(2 * width, 4 * width, 2)]
    return nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, 10))


def lenet(norm: bool) -> nn.Sequential:
    """LeNet-5 with ReLU and max pooling; with batch norm behind both convolutions, or not."""

    def maps(c_in: int, c_out: int) -> list[nn.Module]:
        conv = nn.Conv2d(c_in, c_out, 5, bias=not norm)
        return [conv, *([nn.BatchNorm2d(c_out)] if norm else []), nn.ReLU(), nn.MaxPool2d(2)]

    dense = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    return nn.Sequential(*maps(3, 6), *maps(6, 16), nn.Flatten(), *dense)


def build(kind: str, norm: bool, width: int) -> nn.Sequential:
    """A network; LeNet has no width."""
    return lenet(norm) if kind == "LeNet" else small(kind == "separable", norm, width)


@functools.cache
def images(split: str) -> tuple[Tensor, Tensor]:
    """A split's standardized photographs, (N, 3, 32, 32), and labels."""
    loaders = cnnlib.load("cifar10")
    loader = getattr(loaders, split)
    x = loader.images[:IMAGES].permute(0, 3, 1, 2) / 255
    x = (x - loaders.mean.view(3, 1, 1)) / loaders.std.view(3, 1, 1)
    return x.contiguous(memory_format=torch.channels_last), loader.labels[:IMAGES]


def run(kind: str, norm: bool, width: int, rate: float, seed: int) -> dict[str, float]:
    """Train; give the accuracy on the images that choose rates and on the others, and the parameters."""
    x, y = images("train")
    torch.manual_seed(seed)
    model = build(kind, norm, width).to(memory_format=torch.channels_last)
    draw = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    steps = EPOCHS * math.ceil(len(x) / BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _epoch in range(EPOCHS):
        for picks in torch.randperm(len(x), generator=draw).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(model(x[picks]), y[picks]).backward()
            optimizer.step()
            cycle.step()
    x_val, y_val = images("val")
    model.eval()
    with torch.no_grad():
        right = torch.cat([model(part) for part in x_val.split(500)]).argmax(dim=1) == y_val
    return {
        "rated": right[:RATED].double().mean().item(),
        "accuracy": right[RATED:].double().mean().item(),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
