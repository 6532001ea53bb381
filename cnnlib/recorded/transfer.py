"""Transfer: pretrain on five classes, then learn five others from few labels.

``python cnnlib/recorded/transfer.py`` pretrains the two networks that are stored beside this file.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib

FOLDER = Path(__file__).parent
SOURCE, TARGET = range(0, 5), range(5, 10)  # classes 0 to 4 are for pretraining, 5 to 9 for the new task

# Ways to learn five classes of photographs: where the body comes from, what is trained, rates to try.
# Norm "batch": a body that knows drawn shapes takes its statistics from photographs, as a random one does.
WAYS: dict[str, tuple[dict[str, str], list[float]]] = {
    "probe": ({"source": "cifar10", "method": "probe"}, [0.03, 0.1, 0.3, 1.0, 3.0]),
    "fine-tune": ({"source": "cifar10", "method": "tune"}, [0.001, 0.003, 0.01, 0.03, 0.1]),
    "scratch": ({"source": "random", "method": "tune"}, [0.01, 0.03, 0.1, 0.3]),
    "random probe": ({"source": "random", "method": "probe"}, [0.03, 0.1, 0.3, 1.0, 3.0]),
    "far probe": ({"source": "shapes10", "method": "probe", "norm": "batch"}, [0.03, 0.1, 0.3, 1.0, 3.0]),
    "far fine-tune": (
        {"source": "shapes10", "method": "tune", "norm": "batch"},
        [0.003, 0.01, 0.03, 0.1, 0.3],
    ),
    "far, frozen": ({"source": "shapes10", "method": "tune"}, [0.003, 0.01, 0.03, 0.1]),
}
# The best rate on validation images for each number of labels a class. Where 10 and 100 are not searched,
# they take the rates of 30 and 300; training from scratch, the opponent, has its own for each.
CHOSEN: dict[str, dict[int, float]] = {
    "probe": {10: 0.3, 30: 0.3, 100: 1.0, 300: 1.0},
    "fine-tune": {10: 0.003, 30: 0.003, 100: 0.01, 300: 0.01},
    "scratch": {10: 0.01, 30: 0.03, 100: 0.03, 300: 0.1},
    "random probe": {10: 0.1, 30: 0.1, 100: 1.0, 300: 1.0},
    "far probe": {10: 0.3, 30: 0.3, 100: 1.0, 300: 1.0},
    "far fine-tune": {10: 0.1, 30: 0.1, 100: 0.1, 300: 0.1},
    "far, frozen": {30: 0.03, 300: 0.03},
}


def line(way: str, labels: int, rate: float, seed: int, **other: object) -> dict[str, object]:
    """One line's settings."""
    settings = {"target": "cifar10", "labels": labels, "rate": rate, "seed": seed}
    return WAYS[way][0] | settings | other


def search(way: str) -> list[dict[str, object]]:
    """The search for a way's rates: seed 0, scored on validation images."""
    amounts = (10, 30, 100, 300) if way == "scratch" else (30, 300)
    return [line(way, labels, rate, 0, split="val") for labels in amounts for rate in WAYS[way][1]]


def all_lines() -> list[dict[str, object]]:
    """The search for rates, the comparison with other seeds on test images, the controls."""
    lines = [row for way in WAYS for row in search(way)]
    for way, chosen in CHOSEN.items():
        lines += [line(way, labels, rate, seed) for labels, rate in chosen.items() for seed in (1, 2, 3)]
    for way in ("fine-tune", "scratch", "far fine-tune"):
        lines += [line(way, 300, CHOSEN[way][300], seed, steps=600) for seed in (1, 2, 3)]
    for labels in (10, 300):
        rate = CHOSEN["fine-tune"][labels]
        lines += [line("fine-tune", labels, rate, seed, norm="batch") for seed in (1, 2, 3)]
    one_rate = WAYS["fine-tune"][1]  # for head and body
    lines += [line("fine-tune", 30, rate, 0, head_rate=rate, split="val") for rate in one_rate]
    return lines


LINES = all_lines()


def network() -> nn.Sequential:
    """Five convolutions, each with batch norm and ReLU; an average over positions; a head for 5 classes."""
    layers: list[nn.Module] = []
    for c_in, c_out, stride in [(3, 16, 2), (16, 32, 2), (32, 64, 1), (64, 64, 2), (64, 64, 1)]:
        layers += [nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]
    model = nn.Sequential()
    model.add_module("body", nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()))
    model.add_module("head", nn.Linear(64, 5))
    return model


def pretrained(source: str) -> tuple[nn.Sequential, Tensor, Tensor]:
    """The stored network for classes 0 to 4 of `source`, and the mean and deviation that its inputs need."""
    with np.load(FOLDER / f"transfer_{source}.npz", allow_pickle=False) as file:
        state = {name: torch.from_numpy(file[name]) for name in file.files}
    state = {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
    mean, std = state.pop("mean"), state.pop("std")
    model = network()
    model.load_state_dict(state)
    return model.eval(), mean, std


loaded = functools.cache(cnnlib.load)


@functools.cache
def images(name: str, split: str, classes: range) -> tuple[Tensor, Tensor]:
    """A split's images of some classes, uint8 (N, 3, 32, 32), and their labels, counted from 0."""
    loader = getattr(loaded(name), split)
    chosen = (loader.labels >= classes.start) & (loader.labels < classes.stop)
    return loader.images[chosen].permute(0, 3, 1, 2).contiguous(), loader.labels[chosen] - classes.start


def standardize(x: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Bytes to floats, each channel with its mean and deviation."""
    return (x / 255 - mean.view(3, 1, 1)) / std.view(3, 1, 1)


def few(name: str, labels: int, seed: int) -> tuple[Tensor, Tensor]:
    """The new task's training set: `labels` images of each class, drawn at random."""
    x, y = images(name, "train", TARGET)
    draw = torch.Generator().manual_seed(seed)
    picks = [(y == k).nonzero().flatten() for k in range(5)]
    picks = torch.cat([pick[torch.randperm(len(pick), generator=draw)[:labels]] for pick in picks])
    return x[picks], y[picks]


def train(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    rates: dict[str, float],
    *,
    steps: int,
    seed: int,
    batch: int = 32,
    augment: bool = True,
) -> None:
    """SGD with momentum, a rate for each named part, falling to 0 along a line; modes are the caller's."""
    draw = torch.Generator().manual_seed(seed)
    groups = [{"params": getattr(model, part).parameters(), "lr": rate} for part, rate in rates.items()]
    optimizer = torch.optim.SGD(groups, momentum=0.9, weight_decay=5e-4)
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for _step in range(steps):
        picks = torch.randint(len(x), (batch,), generator=draw)
        inputs = x[picks]
        if augment:  # mirror half of the images, move the batch by up to 4 pixels
            top, left = torch.randint(9, (2,), generator=draw).tolist()
            mirrored = torch.rand(batch, generator=draw).view(-1, 1, 1, 1) < 0.5
            inputs = torch.where(mirrored, inputs.flip(3), inputs)
            inputs = F.pad(inputs, (4, 4, 4, 4))[..., top : top + 32, left : left + 32]
        loss = F.cross_entropy(model(inputs), y[picks])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()


@torch.no_grad()
def outputs(model: nn.Module, x: Tensor) -> Tensor:
    """What `model`, in the mode in which it is, gives for all images, 500 at a time."""
    return torch.cat([model(part) for part in x.split(500)])


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """The accuracy in evaluation mode."""
    return (outputs(model.eval(), x).argmax(dim=1) == y).double().mean().item()


def run(
    source: str,
    target: str,
    method: str,
    labels: int,
    rate: float,
    seed: int,
    *,
    head_rate: float = 0.1,
    norm: str = "frozen",
    steps: int = 200,
    split: str = "test",
) -> dict[str, float]:
    """Learn the target's classes 5 to 9 from `labels` images of each; score on 1,000 or 2,500 other images.

    `source` is "shapes10", "cifar10" or "random", a body as it starts. With `method` "probe" only the head
    learns, at `rate`; with "tune" everything does, the body at `rate`. Batch norm keeps its statistics
    (`norm` "frozen") or takes those of the batches, for a probe of all the training images at once ("batch"),
    as a random body always does.
    """
    x, y = few(target, labels, seed)
    test_x, test_y = images(target, split, TARGET)
    count = {"val": 1000, "test": 2500}[split]
    test_x, test_y = test_x[:count], test_y[:count]
    torch.manual_seed(seed)
    if source == "random":
        model, mean, std = network().eval(), loaded(target).mean, loaded(target).std
    else:
        model, mean, std = pretrained(source)
    model.head = nn.Linear(64, 5)
    x, test_x = standardize(x, mean, std), standardize(test_x, mean, std)
    if method == "probe":
        x, y = torch.cat([x, x.flip(3)]), y.repeat(2)  # all images and their mirror images
        if source == "random" or norm == "batch":  # statistics of these images
            for layer in model.body:
                if isinstance(layer, nn.BatchNorm2d):
                    layer.momentum = 1.0
            with torch.no_grad():
                model.body.train()(x)
            model.body.eval()
        x, test_x = outputs(model.body, x), outputs(model.body, test_x)
        model.body = nn.Identity()
        train(model, x, y, {"head": rate}, steps=steps, seed=seed, augment=False)
    else:
        model.train()
        model.body.train(norm == "batch" or source == "random")
        rates = {"body": rate, "head": head_rate if source != "random" else rate}
        train(model, x, y, rates, steps=steps, seed=seed)
    return {"accuracy": round(accuracy(model, test_x, test_y), 4)}


def pretrain(source: str, epochs: int) -> None:
    """Train on all images of the source's five classes and store the network, its numbers in float16."""
    loaders = loaded(source)
    x, y = images(source, "train", SOURCE)
    x = standardize(x, loaders.mean, loaders.std)
    torch.manual_seed(0)
    model = network()
    rates = {"body": 0.1, "head": 0.1}
    train(model, x, y, rates, steps=epochs * len(x) // 128, seed=0, batch=128)
    held_x, held_y = images(source, "val", SOURCE)
    print(source, "validation", accuracy(model, standardize(held_x, loaders.mean, loaders.std), held_y))
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    state = {name: value.astype("f2") if value.dtype == "f4" else value for name, value in state.items()}
    np.savez(FOLDER / f"transfer_{source}.npz", mean=loaders.mean.numpy(), std=loaders.std.numpy(), **state)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for source, epochs in {"shapes10": 24, "cifar10": 12}.items():
        pretrain(source, epochs)
