"""Autoencoders: what an encoder that never saw a label gives to one that sees a few."""

from __future__ import annotations

import copy
import functools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib

SEEDS = (1, 2, 3, 4, 5, 6)
AMOUNTS = (50, 100, 200, 500, 1000)  # labeled images, equally many of each of the ten classes
CODE = 64  # numbers in a code, where nothing else is said
EPOCHS, BATCH = 10, 64
DECAYS = (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0)  # of the linear classifier, chosen on validation images
# Rates that were tried, with seed 0. An encoder's is chosen by its own task on validation images, without a
# label; that of a network that learns from labels by its accuracy there, for each amount.
RATES = {
    "plain": (0.003, 0.01, 0.03),
    "denoise": (0.003, 0.01, 0.03),
    "rotate": (0.001, 0.003, 0.01),
}
CHOSEN = {"plain": 0.01, "denoise": 0.01, "rotate": 0.003}
TUNED = ("scratch", "plain", "rotate")  # where a network that learns from labels starts
TUNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
# The one with the best validation accuracy, for each start, with turned images or not, and amount of labels.
BEST = {
    ("scratch", False): {50: 0.1, 100: 0.03, 200: 0.1, 500: 0.1, 1000: 0.03},
    ("plain", False): {50: 0.003, 100: 0.03, 200: 0.03, 500: 0.03, 1000: 0.03},
    ("rotate", False): {50: 0.003, 100: 0.003, 200: 0.001, 500: 0.1, 1000: 0.03},
    ("scratch", True): {50: 0.1, 100: 0.1, 200: 0.03, 500: 0.03, 1000: 0.01},
    ("plain", True): {50: 0.1, 100: 0.03, 200: 0.03, 500: 0.03, 1000: 0.03},
    ("rotate", True): {50: 0.03, 100: 0.001, 200: 0.03, 500: 0.03, 1000: 0.01},
}


def all_lines() -> list[dict[str, object]]:
    """The search for rates, then codes and networks with other seeds on test images."""
    lines: list[dict[str, object]] = []
    for task, rates in RATES.items():
        lines += [{"task": task, "rate": rate, "seed": 0, "split": "val"} for rate in rates]
    for seed in SEEDS:
        lines += [{"task": task, "seed": seed} for task in ("pixels", "pca", "random")]
        lines += [{"task": task, "rate": rate, "seed": seed} for task, rate in CHOSEN.items()]
    for code in (4, 16):
        lines.append({"task": "pca", "seed": 1, "code": code})
        lines += [{"task": "plain", "rate": CHOSEN["plain"], "seed": s, "code": code} for s in (1, 2, 3)]
    for start in TUNED:
        for way in ({"task": start}, {"task": start, "turns": True}):
            lines += [way | {"tune": rate, "seed": 0, "split": "val"} for rate in TUNING_RATES]
            lines += [way | {"tune": "best", "seed": seed} for seed in SEEDS]
            lines += [way | {"tune": "best", "steps": 900, "seed": seed} for seed in SEEDS]
    return lines


LINES = all_lines()


@functools.cache
def images(split: str) -> tuple[Tensor, Tensor]:
    """A split's standardized images, (N, 3, 32, 32), and labels; of the training images the first 4,000."""
    loaders = cnnlib.load("shapes10")
    loader = getattr(loaders, split)
    x = loader.images.permute(0, 3, 1, 2) / 255
    x = (x - loaders.mean.view(3, 1, 1)) / loaders.std.view(3, 1, 1)
    return x[:4000].contiguous(), loader.labels[:4000]


def encoder(code: int = CODE) -> nn.Sequential:
    """Three convolutions of stride 2, 32 → 16 → 8 → 4, and a dense layer to the code."""
    layers: list[nn.Module] = []
    for c_in, c_out in [(3, 16), (16, 32), (32, 64)]:
        layers += [nn.Conv2d(c_in, c_out, 3, stride=2, padding=1), nn.BatchNorm2d(c_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 4 * 4, code))


def decoder(code: int = CODE) -> nn.Sequential:
    """A dense layer from the code to 4 × 4, then three times: repeat each value, convolve."""
    layers: list[nn.Module] = [nn.Linear(code, 64 * 4 * 4), nn.Unflatten(1, (64, 4, 4)), nn.ReLU()]
    for c_in, c_out in [(64, 32), (32, 16)]:
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(c_in, c_out, 3, padding=1)]
        layers += [nn.BatchNorm2d(c_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Upsample(scale_factor=2), nn.Conv2d(16, 3, 3, padding=1))


def noisy(x: Tensor, draw: torch.Generator) -> Tensor:
    """Images with normal noise as strong as the images themselves vary."""
    return x + torch.randn(x.shape, generator=draw)


def turned(x: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Each image turned by 0, 1, 2 or 3 quarters, and by how many."""
    quarters = torch.randint(4, (len(x),), generator=draw)
    return torch.stack([torch.rot90(i, int(q), (1, 2)) for i, q in zip(x, quarters, strict=True)]), quarters


def loss_of(task: str, body: nn.Module, head: nn.Module, x: Tensor, draw: torch.Generator) -> Tensor:
    """The loss of a task that needs no label."""
    if task == "rotate":
        x, quarters = turned(x, draw)
        return F.cross_entropy(head(body(x)), quarters)
    return F.mse_loss(head(body(noisy(x, draw) if task == "denoise" else x)), x)


@functools.cache
def pretrain(
    task: str, rate: float, seed: int, code: int = CODE, epochs: int = EPOCHS
) -> tuple[nn.Sequential, nn.Sequential]:
    """Train an encoder, and what follows it in its task, on 4,000 images without their labels."""
    torch.manual_seed(seed)
    body = encoder(code)
    head = nn.Sequential(nn.ReLU(), nn.Linear(code, 4)) if task == "rotate" else decoder(code)
    draw = torch.Generator().manual_seed(seed)
    x, _ = images("train")
    optimizer = torch.optim.AdamW([*body.parameters(), *head.parameters()], rate)
    steps = epochs * (len(x) // BATCH)
    falling = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _epoch in range(epochs):
        for picks in torch.randperm(len(x), generator=draw)[: len(x) // BATCH * BATCH].split(BATCH):
            optimizer.zero_grad()
            loss_of(task, body, head, x[picks], draw).backward()
            optimizer.step()
            falling.step()
    return body.eval(), head.eval()


def untrained(seed: int) -> nn.Sequential:
    """An encoder with its starting weights, whose batch norms have seen the training images."""
    torch.manual_seed(seed)
    body = encoder()
    for layer in body.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None  # average over all batches
    outputs(body.train(), images("train")[0])  # measures the statistics and learns nothing
    return body.eval()


@torch.no_grad()
def outputs(network: nn.Module, x: Tensor) -> Tensor:
    """What a network gives for all images, 500 at a time."""
    return torch.cat([network(part) for part in x.split(500)])


@functools.cache
def principal() -> tuple[Tensor, Tensor]:
    """The mean of the training images as vectors, and their principal directions (3072, 256)."""
    x = images("train")[0].flatten(1)
    mean = x.mean(dim=0)
    _, vectors = torch.linalg.eigh((x - mean).T @ (x - mean))
    return mean, vectors.flip(1)[:, :256]


def few(amount: int, seed: int) -> Tensor:
    """The numbers of `amount` training images, equally many of each class."""
    draw = torch.Generator().manual_seed(seed)
    labels = images("train")[1]
    picks = [(labels == k).nonzero().flatten() for k in range(10)]
    return torch.cat([p[torch.randperm(len(p), generator=draw)[: amount // 10]] for p in picks])


def linear_accuracy(codes: dict[str, Tensor], amount: int, seed: int, split: str) -> float:
    """Accuracy of a linear classifier on codes, fitted to `amount` labels."""
    picks = few(amount, seed)
    y = images("train")[1][picks]
    center, spread = codes["train"][picks].mean(dim=0), codes["train"][picks].std()
    best, answer = -1.0, 0.0
    for decay in DECAYS:
        W = torch.zeros(codes["train"].shape[1], 10, requires_grad=True)
        b = torch.zeros(10, requires_grad=True)
        z = (codes["train"][picks] - center) / spread
        optimizer = torch.optim.LBFGS([W, b], max_iter=60, line_search_fn="strong_wolfe")

        def closure(W=W, b=b, z=z, decay=decay, optimizer=optimizer) -> Tensor:
            optimizer.zero_grad()
            loss = F.cross_entropy(z @ W + b, y) + decay * W.square().sum() / 2
            loss.backward()
            return loss

        optimizer.step(closure)
        found = []
        for name in ("val", split):
            guess = ((codes[name] - center) / spread @ W + b).argmax(dim=1)
            found.append((guess == images(name)[1]).double().mean().item())
        if found[0] > best:
            best, answer = found
    return answer


def tuned_accuracy(
    body: nn.Module, amount: int, rate: float, seed: int, split: str, steps: int, turns: bool
) -> float:
    """Accuracy of encoder and linear layer, all trained on `amount` labels; with `turns` on turned images."""
    picks = few(amount, seed)
    x, y = images("train")[0][picks], images("train")[1][picks]
    torch.manual_seed(seed)
    network = nn.Sequential(copy.deepcopy(body), nn.Linear(CODE, 10)).train()
    draw = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(network.parameters(), rate)
    falling = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for _step in range(steps):
        chosen = torch.randint(len(x), (32,), generator=draw)
        batch = turned(x[chosen], draw)[0] if turns else x[chosen]
        optimizer.zero_grad()
        F.cross_entropy(network(batch), y[chosen]).backward()
        optimizer.step()
        falling.step()
    test_x, test_y = images(split)
    return (outputs(network.eval(), test_x).argmax(dim=1) == test_y).double().mean().item()


def run(
    task: str,
    seed: int,
    *,
    rate: float = 0.0,
    code: int = CODE,
    tune: float | str = 0.0,
    turns: bool = False,
    steps: int = 300,
    split: str = "test",
) -> dict[str, float]:
    """Accuracies, one for each amount of labels, and how well the encoder does its own task.

    `task` is "pixels", "pca", "random", "plain", "denoise" or "rotate": where the codes come from, on which a
    linear classifier is fitted. With `tune`, a rate or "best", the encoder learns from the labels, too, from
    where `task` ("scratch": chance) has left it; with `turns` its images are turned by random quarters, as
    those of "rotate" were.
    """
    if tune:
        found = {}
        for amount in AMOUNTS:
            torch.manual_seed(seed)
            body = pretrain(task, CHOSEN[task], seed)[0] if task in CHOSEN else encoder()
            used = float(BEST[task, turns][amount] if tune == "best" else tune)
            accuracy = tuned_accuracy(body, amount, used, seed, split, steps, turns)
            found[f"accuracy_{amount}"] = accuracy
        return found
    splits = {"train", "val", split}
    results = {}
    if task == "pixels":
        codes = {name: images(name)[0].flatten(1) for name in splits}
    elif task == "pca":
        mean, vectors = principal()
        vectors = vectors[:, :code]
        codes = {name: (images(name)[0].flatten(1) - mean) @ vectors for name in splits}
        again = codes[split] @ vectors.T + mean
        results["error"] = F.mse_loss(again, images(split)[0].flatten(1)).item()
    else:
        if task == "random":
            body = untrained(seed)
        else:
            body, head = pretrain(task, rate, seed, code)
            with torch.no_grad():
                draw = torch.Generator().manual_seed(0)
                results["error"] = loss_of(task, body, head, images(split)[0], draw).item()
        codes = {name: outputs(body, images(name)[0]) for name in splits}
    if split == "val":
        return results  # only the encoder's own task chooses its rate
    return results | {f"accuracy_{n}": linear_accuracy(codes, n, seed, split) for n in AMOUNTS}
