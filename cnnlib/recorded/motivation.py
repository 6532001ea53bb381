"""A dense and two convolutional networks on images as they are, and with their pixels in one new order.

All train alike: Adam, a constant rate, batches of 64. Pooled and strided networks have the same parameters;
they differ in how they halve their maps. The rate is chosen by validation images, for each network and each
order. A dense network on shuffled images is not here: it is the twin of one on images as they are.
"""

from __future__ import annotations

import functools
from itertools import pairwise, product

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib

EPOCHS, BATCH = 3, 64
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
SEEDS = (0, 1, 2)
WIDTHS = (3, 8, 16, 32)


def dense() -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 64), nn.ReLU(), nn.Linear(64, 10))


def pooled() -> nn.Sequential:
    layers = []
    for c, out in pairwise(WIDTHS):
        layers += [nn.Conv2d(c, out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * 4 * 4, 10))


def strided() -> nn.Sequential:
    layers = []
    for c, out in pairwise(WIDTHS):
        layers += [nn.Conv2d(c, out, 3, stride=2, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * 4 * 4, 10))


NETWORKS = {"dense": dense, "pooled": pooled, "strided": strided}


def tensors(loader: cnnlib.data.Loader, count: int, mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
    """The first images, standardized, shape (N, 3, 32, 32), and their labels."""
    x = (loader.images[:count].float() / 255 - mean) / std
    return x.permute(0, 3, 1, 2).contiguous(), loader.labels[:count]


@functools.cache
def images(shuffled: bool) -> tuple[tuple[Tensor, Tensor], ...]:
    """4,000 images to train, 1,000 to choose the rate by, 2,000 to test."""
    loaders = cnnlib.load("shapes10")
    splits = ((loaders.train, 4_000), (loaders.val, 1_000), (loaders.test, 2_000))
    parts = [tensors(loader, count, loaders.mean, loaders.std) for loader, count in splits]
    if not shuffled:
        return tuple(parts)
    order = torch.randperm(1024, generator=torch.Generator().manual_seed(0))
    return tuple((x.flatten(2)[:, :, order].view_as(x), y) for x, y in parts)


def fit(model: nn.Module, x: Tensor, y: Tensor, rate: float, epochs: int) -> None:
    """Train with Adam at a constant rate."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(BATCH):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    return (model(x).argmax(dim=1) == y).double().mean().item()


def run(network: str, shuffled: bool, rate: float, seed: int, epochs: int = EPOCHS) -> dict[str, float]:
    """Train one network; the rate is chosen by `val`, `test` is what the page shows."""
    train, val, test = images(shuffled)
    torch.manual_seed(seed)
    model = NETWORKS[network]()
    fit(model, *train, rate, epochs)
    return {"val": accuracy(model, *val), "test": accuracy(model, *test)}


PAIRS = (("dense", False), ("pooled", False), ("pooled", True), ("strided", False), ("strided", True))
LINES = [
    {"network": network, "shuffled": shuffled, "rate": rate, "seed": seed}
    for (network, shuffled), rate, seed in product(PAIRS, RATES, SEEDS)
]
