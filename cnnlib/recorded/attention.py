"""Attention against convolution on the same patches: one network, several ways to mix its tokens.

Everything but the mixing is equal: 4 x 4 patches of images halved to 16 x 16 as tokens, learned positions,
layer norm, the dense part of each block, augmentation, steps and schedule. Beside them stands a usual CNN
with about as many parameters on the same halved images. Each has its own learning rate for each number of
images: the best of those tried on the validation images, with one seed.
"""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib
from cnnlib.data import Loader, Loaders

GRID = 4  # tokens along each side of an image
WIDTH, HEADS, DEPTH, BATCH, STEPS = 32, 2, 3, 32, 600

# "attention" looks at all tokens, "local" only at the 3 x 3 tokens around, "convolution" has fixed weights,
# "uniform" takes the mean of all tokens. The rates tried for each number of images a class:
TRIED = {
    ("attention", 32): (0.0008, 0.002, 0.005, 0.0125),
    ("attention", 160): (0.0008, 0.002, 0.005, 0.0125),
    ("attention", 896): (0.0008, 0.002, 0.005),
    ("local", 32): (0.0008, 0.002, 0.005, 0.0125),
    ("local", 160): (0.0008, 0.002, 0.005, 0.0125),
    ("local", 896): (0.0008, 0.002, 0.005),
    ("convolution", 32): (0.002, 0.005, 0.0125, 0.03),
    ("convolution", 160): (0.002, 0.005, 0.0125),
    ("convolution", 896): (0.002, 0.005, 0.0125),
    ("uniform", 160): (0.0008, 0.002, 0.005, 0.0125),
    ("cnn", 32): (0.005, 0.0125, 0.03),
    ("cnn", 160): (0.002, 0.005, 0.0125, 0.03, 0.08),
}
RATES = {  # the best on the validation images, with seed 0
    ("attention", 32): 0.005,
    ("attention", 160): 0.002,
    ("attention", 896): 0.002,
    ("local", 32): 0.005,
    ("local", 160): 0.002,
    ("local", 896): 0.005,
    ("convolution", 32): 0.0125,
    ("convolution", 160): 0.005,
    ("convolution", 896): 0.005,
    ("uniform", 160): 0.0125,
    ("cnn", 32): 0.03,
    ("cnn", 160): 0.03,
}
LINES = [
    {"mixer": mixer, "per_class": per_class, "rate": rate, "seed": 0}
    for (mixer, per_class), rates in TRIED.items()
    for rate in rates
] + [
    {"mixer": mixer, "per_class": per_class, "rate": rate, "seed": seed}
    for (mixer, per_class), rate in RATES.items()
    for seed in (1, 2)
]
# Is it the pictures that are short, or the steps?
LINES += [
    {"mixer": mixer, "per_class": 896, "rate": RATES[mixer, 160], "seed": seed, "steps": 1600}
    for mixer in ("attention", "local", "convolution")
    for seed in range(3)
]


def neighbors() -> Tensor:
    """Which pairs of tokens lie at most one row and one column apart; bool, shape (16, 16)."""
    row = torch.arange(GRID).repeat_interleave(GRID)
    column = torch.arange(GRID).repeat(GRID)
    return ((row[:, None] - row).abs() <= 1) & ((column[:, None] - column).abs() <= 1)


def by_heads(x: Tensor) -> Tensor:
    """Split the width among the heads: (N, 16, WIDTH) to (N, HEADS, 16, WIDTH / HEADS)."""
    return x.unflatten(2, (HEADS, -1)).transpose(1, 2)


class Mixer(nn.Module):
    """Mix the tokens (N, 16, WIDTH): weights from the tokens, fixed ones for nine offsets, or all equal."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.value, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.kernel = self.query_key = self.mask = None
        if kind == "convolution":
            self.kernel = nn.Conv2d(WIDTH, WIDTH, 3, padding=1, groups=WIDTH)
        elif kind != "uniform":
            self.query_key = nn.Linear(WIDTH, 2 * WIDTH)
        if kind == "local":
            self.mask = neighbors()

    def forward(self, x: Tensor) -> Tensor:
        v = self.value(x)
        if self.kernel is not None:
            plane = v.transpose(1, 2).unflatten(2, (GRID, GRID))
            return self.out(self.kernel(plane).flatten(2).transpose(1, 2))
        if self.query_key is None:
            return self.out(v.mean(dim=1, keepdim=True).expand_as(v))
        q, k = self.query_key(x).chunk(2, dim=-1)
        q, k, v = (by_heads(z) for z in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=self.mask)
        return self.out(mixed.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """Mix the tokens, then transform each by itself; both added to a shortcut."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.before_mixing, self.before_dense = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.mix = Mixer(kind)
        self.dense = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.ReLU(), nn.Linear(2 * WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.mix(self.before_mixing(x))
        return x + self.dense(self.before_dense(x))


class Network(nn.Module):
    """Half the size, patches, positions, blocks, the mean over all tokens, ten scores."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, WIDTH, 4, stride=4)
        self.position = nn.Parameter(0.02 * torch.randn(GRID**2, WIDTH))
        self.blocks = nn.Sequential(*[Block(kind) for _ in range(DEPTH)])
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 10)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.embed(F.avg_pool2d(x, 2)).flatten(2).transpose(1, 2) + self.position
        return self.head(self.norm(self.blocks(tokens)).mean(dim=1))


def build(kind: str) -> nn.Module:
    """The network that mixes its tokens in one of the ways, or for "cnn" the usual CNN."""
    if kind != "cnn":
        return Network(kind)
    layers: list[nn.Module] = [nn.AvgPool2d(2)]
    for before, after in ((3, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if after < 64 else [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


@functools.cache
def shapes() -> Loaders:
    """The drawn images, loaded once."""
    return cnnlib.load("shapes10", batch_size=100)


def train(
    mixer: str, per_class: int, rate: float, seed: int, steps: int = STEPS, loaders: Loaders | None = None
) -> nn.Module:
    """Train on the first images of each class, flipped and cropped at random."""
    loaders = loaders or shapes()
    images, labels = loaders.train.images, loaders.train.labels
    chosen = torch.cat([(labels == k).nonzero()[:per_class, 0] for k in range(10)])
    loader = Loader(
        images[chosen],
        labels[chosen],
        loaders.mean,
        loaders.std,
        batch_size=BATCH,
        shuffle=True,
        augment=True,
        seed=seed,
    )
    torch.manual_seed(seed)
    network = build(mixer)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.05, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    done = 0
    while done < steps:
        for x, y in loader:
            loss = F.cross_entropy(network(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            done += 1
            if done == steps:
                break
    return network.eval()


@torch.no_grad()
def accuracy(network: nn.Module, loader: Loader) -> float:
    """The share of `loader`'s images whose class gets the highest score."""
    right = sum((network(x).argmax(dim=1) == y).sum().item() for x, y in loader)
    return round(right / len(loader.labels), 4)


def run(mixer: str, per_class: int, rate: float, seed: int, steps: int = STEPS) -> dict[str, float]:
    """Accuracy of one network on the validation images, by which a rate is chosen, and the test images."""
    network = train(mixer, per_class, rate, seed, steps)
    return {"validation": accuracy(network, shapes().val), "test": accuracy(network, shapes().test)}
