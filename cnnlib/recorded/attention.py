"""Attention against convolution on the same patches: one network, three ways to mix its tokens.

Everything but the mixing is equal: 4 x 4 patches of images halved to 16 x 16 as tokens, learned positions,
layer norm, the dense part of each block, augmentation, steps and schedule. Each way has its own learning
rate, the best of those tried on the validation images, with one seed and 160 images a class.
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

# "attention" looks at all tokens, "local" only at the 3 x 3 tokens around, "convolution" has fixed weights.
RATES = {"attention": 0.002, "local": 0.002, "convolution": 0.005}
TRIED = {  # until the best one lies between two others
    "attention": (0.0008, 0.002, 0.005, 0.0125),
    "local": (0.0008, 0.002, 0.005, 0.0125),
    "convolution": (0.002, 0.005, 0.0125),
}
LINES = [
    {"mixer": mixer, "per_class": 160, "rate": rate, "seed": 0} for mixer in RATES for rate in TRIED[mixer]
] + [
    {"mixer": mixer, "per_class": per_class, "rate": rate, "seed": seed}
    for per_class in (32, 160, 896)
    for seed in range(3)
    for mixer, rate in RATES.items()
    if (per_class, seed) != (160, 0)  # that is one of the lines above
]
# Is it the pictures that are short, or the steps?
LINES += [
    {"mixer": mixer, "per_class": 896, "rate": rate, "seed": 0, "steps": 1600}
    for mixer, rate in RATES.items()
]


def neighbors() -> Tensor:
    """Which pairs of tokens lie at most one row and one column apart; bool, shape (16, 16)."""
    row = torch.arange(GRID).repeat_interleave(GRID)
    column = torch.arange(GRID).repeat(GRID)
    return ((row[:, None] - row).abs() <= 1) & ((column[:, None] - column).abs() <= 1)


class Mixer(nn.Module):
    """Mix the tokens (N, 16, WIDTH): weights from the tokens, or fixed ones for nine offsets."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.value, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.kernel = self.query_key = self.mask = None
        if kind == "convolution":
            self.kernel = nn.Conv2d(WIDTH, WIDTH, 3, padding=1, groups=WIDTH)
        else:
            self.query_key = nn.Linear(WIDTH, 2 * WIDTH)
        if kind == "local":
            self.mask = neighbors()

    def forward(self, x: Tensor) -> Tensor:
        v = self.value(x)
        if self.kernel is not None:
            plane = v.transpose(1, 2).unflatten(2, (GRID, GRID))
            return self.out(self.kernel(plane).flatten(2).transpose(1, 2))
        q, k = self.query_key(x).chunk(2, dim=-1)
        q, k, v = (z.unflatten(2, (HEADS, -1)).transpose(1, 2) for z in (q, k, v))
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


@functools.cache
def shapes() -> Loaders:
    """The drawn images, loaded once."""
    return cnnlib.load("shapes10", batch_size=100)


def train(
    mixer: str, per_class: int, rate: float, seed: int, steps: int = STEPS, loaders: Loaders | None = None
) -> Network:
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
    network = Network(mixer)
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
def accuracy(network: Network, loader: Loader) -> float:
    """The share of `loader`'s images whose class gets the highest score."""
    right = sum((network(x).argmax(dim=1) == y).sum().item() for x, y in loader)
    return round(right / len(loader.labels), 4)


def run(mixer: str, per_class: int, rate: float, seed: int, steps: int = STEPS) -> dict[str, float]:
    """Accuracy of one network on the validation images, by which a rate is chosen, and the test images."""
    network = train(mixer, per_class, rate, seed, steps)
    return {"validation": accuracy(network, shapes().val), "test": accuracy(network, shapes().test)}
