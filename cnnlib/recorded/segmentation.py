"""A small U-Net on drawn scenes: with its skips, without, with some of them, and with blurred ones.

All networks share the encoder, 48 x 48 pixels down to 6 x 6, the number of decoder layers, batch norm, steps
and schedule. "blurred" is the control: it has every skip and the same parameters as "all", but each skip is
first averaged down to 6 x 6 and enlarged again, so that it carries no fine position. "none" makes up for the
missing channels by a wider decoder, so it has more parameters than "all". Each has its own learning rate,
chosen on the validation scenes.
"""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib
from cnnlib.data import Loader, Loaders

WIDTHS = (8, 16, 32, 64)  # channels at 48, 24, 12 and 6 pixels a side
CLASSES, BATCH, STEPS = 6, 16, 500
# Which levels have a skip, from 48 pixels a side to 12.
SKIPS = {"all": (0, 1, 2), "none": (), "48": (0,), "blurred": (0, 1, 2)}

# The skips and the loss, and the rates tried for them.
TRIED = {
    ("all", "plain"): (0.003, 0.01, 0.03, 0.08),
    ("48", "plain"): (0.003, 0.01, 0.03, 0.08),
    ("blurred", "plain"): (0.01, 0.03, 0.08),
    ("none", "plain"): (0.003, 0.01, 0.03, 0.08, 0.2),
    ("all", "weighted"): (0.003, 0.01, 0.03, 0.08),
    ("all", "dice"): (0.01, 0.03, 0.08),
}
# The two best with seed 0, on the validation scenes; for the other losses the best one. They get three seeds.
FINALISTS = {
    ("all", "plain"): (0.01, 0.03),
    ("48", "plain"): (0.03, 0.08),
    ("blurred", "plain"): (0.01, 0.03),
    ("none", "plain"): (0.03, 0.08),
    ("all", "weighted"): (0.01,),
    ("all", "dice"): (0.01,),
}
RATES = {  # of these, the one with the highest mean over the seeds on the validation scenes
    ("all", "plain"): 0.03,
    ("48", "plain"): 0.03,
    ("blurred", "plain"): 0.03,
    ("none", "plain"): 0.08,
    ("all", "weighted"): 0.01,
    ("all", "dice"): 0.01,
}
LINES = [
    {"skips": skips, "loss": loss, "rate": rate, "seed": 0}
    for (skips, loss), rates in TRIED.items()
    for rate in rates
] + [
    {"skips": skips, "loss": loss, "rate": rate, "seed": seed}
    for (skips, loss), rates in FINALISTS.items()
    for rate in rates
    for seed in (1, 2)
]


def block(before: int, after: int) -> nn.Sequential:
    """3 x 3 convolutions that keep the size, each with batch norm and ReLU; only one where maps are large."""
    layers: list[nn.Module] = []
    for channels in (before, after)[: 1 if after == WIDTHS[0] else 2]:
        layers += [nn.Conv2d(channels, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Scores of six classes for each pixel: (N, 3, 48, 48) to (N, 6, 48, 48)."""

    def __init__(self, skips: str = "all") -> None:
        super().__init__()
        self.kept, self.blurred = SKIPS[skips], skips == "blurred"
        self.down, self.up, self.join = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for before, after in zip((3, *WIDTHS), WIDTHS, strict=False):
            self.down.append(block(before, after))
        for level in (2, 1, 0):
            width = WIDTHS[level]
            # Where no skip arrives, the upsampled map is twice as wide, so the next layer reads as much.
            wide = width if level in self.kept else 2 * width
            self.up.append(nn.ConvTranspose2d(WIDTHS[level + 1], wide, 2, stride=2))
            self.join.append(block(2 * width, width))
        self.head = nn.Conv2d(WIDTHS[0], CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        early = []
        for down in self.down[:-1]:
            early.append(down(x))
            x = F.max_pool2d(early[-1], 2)
        x = self.down[-1](x)
        size = x.shape[-2:]
        for level, up, join in zip((2, 1, 0), self.up, self.join, strict=True):
            x, skip = up(x), early[level]
            if self.blurred:
                small = F.adaptive_avg_pool2d(skip, size)
                skip = F.interpolate(small, size=skip.shape[-2:])
            if level in self.kept:
                x = torch.cat([x, skip], dim=1)
            x = join(x)
        return self.head(x)


@functools.cache
def scenes() -> Loaders:
    """The drawn scenes with the class of each pixel, loaded once."""
    return cnnlib.load("scenes", batch_size=100)


def dice_loss(scores: Tensor, labels: Tensor) -> Tensor:
    """One minus the mean over classes of Dice with probabilities."""
    p = scores.softmax(dim=1)
    y = F.one_hot(labels, CLASSES).movedim(-1, 1)
    both, sizes = (p * y).sum(dim=(0, 2, 3)), (p + y).sum(dim=(0, 2, 3))
    return 1 - ((2 * both + 1) / (sizes + 1)).mean()


def train(skips: str, loss: str, rate: float, seed: int) -> UNet:
    """Train on the training scenes."""
    data = scenes()
    train = data.train
    loader = Loader(
        train.images, train.labels, data.mean, data.std, batch_size=BATCH, shuffle=True, seed=seed
    )
    weights = None
    if loss == "weighted":  # a class counts as much as any other, however few pixels it has
        counts = torch.bincount(train.labels.flatten(), minlength=CLASSES)
        weights = counts.sum() / (CLASSES * counts)
    torch.manual_seed(seed)
    network = UNet(skips)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=STEPS, pct_start=0.2)
    done = 0
    while done < STEPS:
        for x, y in loader:
            scores = network(x)
            value = dice_loss(scores, y) if loss == "dice" else F.cross_entropy(scores, y, weights)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
            done += 1
            if done == STEPS:
                break
    return network.eval()


def near_edges(labels: Tensor) -> Tensor:
    """Pixels of (N, H, W) with another class among the eight around them, bool."""
    y = labels.float()[:, None]
    highest, lowest = F.max_pool2d(y, 3, 1, 1), -F.max_pool2d(-y, 3, 1, 1)
    return (highest != lowest)[:, 0]


@torch.no_grad()
def measure(network: nn.Module, loader: Loader) -> dict[str, float]:
    """IoU of each class over all pixels of `loader`, their mean, and where the wrong pixels lie."""
    table = torch.zeros(CLASSES, CLASSES, dtype=torch.long)  # a row for each true class
    wrong, pixels = torch.zeros(2), torch.zeros(2)
    for x, y in loader:
        guess = network(x).argmax(dim=1)
        table += torch.bincount((CLASSES * y + guess).flatten(), minlength=CLASSES**2).view(CLASSES, -1)
        edge = near_edges(y)
        for place, where in enumerate((edge, ~edge)):
            wrong[place] += (guess != y)[where].sum()
            pixels[place] += where.sum()
    both = table.diagonal()
    iou = both / (table.sum(dim=0) + table.sum(dim=1) - both)
    numbers = {
        "miou": iou.mean(),
        "accuracy": both.sum() / table.sum(),
        "object": table[1:, 1:].sum() / (table.sum() - table[0, 0]),  # IoU of "some object", class ignored
        "recall": (both / table.sum(dim=1))[1:].mean(),
        "precision": (both / table.sum(dim=0).clamp(min=1))[1:].mean(),
        "edge": wrong[0] / pixels[0],
        "inside": wrong[1] / pixels[1],
    }
    return {name: round(value.item(), 4) for name, value in numbers.items()}


def run(skips: str, loss: str, rate: float, seed: int) -> dict[str, float]:
    """Train one network; its mean IoU on the validation scenes, and all measures on the test scenes."""
    network = train(skips, loss, rate, seed)
    return {"validation": measure(network, scenes().val)["miou"]} | measure(network, scenes().test)
