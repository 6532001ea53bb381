"""Residual networks: the training loss of plain and residual networks, and a run in which depth pays."""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib

IMAGES, WIDTH, BATCH = 20_000, 8, 32
RATES = (0.001, 0.003, 0.01, 0.03)  # of Adam, at the peak of one cycle; seed 0 tries them
SHORT, LONG = 400, 3_000  # steps
# For each depth, with additions or not, the rate with the lowest loss on validation images after a short run.
BEST = {(8, True): 0.01, (20, False): 0.003, (20, True): 0.01, (56, False): 0.01, (56, True): 0.01}


def all_lines() -> list[dict[str, object]]:
    """The search for rates with seed 0, then short and long runs with three other seeds."""
    lines: list[dict[str, object]] = []
    for (depth, add), best in BEST.items():
        net = {"depth": depth, "add": add}
        lines += [net | {"rate": rate, "seed": 0, "steps": SHORT} for rate in RATES]
        for steps in (SHORT, LONG):
            if (depth, steps) != (8, SHORT):
                lines += [net | {"rate": best, "seed": seed, "steps": steps} for seed in (1, 2, 3)]
    return lines


LINES = all_lines()


class Block(nn.Module):
    """ReLU(branch(x) + x), with zeros for new channels; without `add` a plain pair of layers."""

    def __init__(self, c_in: int, c_out: int, stride: int, add: bool) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(c_out),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(c_out),
        )
        self.stride, self.new, self.add = stride, c_out - c_in, add

    def forward(self, x: Tensor) -> Tensor:
        """Both shapes (N, C, H, W); the number of channels may grow and the map shrink."""
        y = self.branch(x)
        if self.add:
            y = y + F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new))
        return F.relu(y)


def network(depth: int, add: bool) -> nn.Sequential:
    """6n + 2 layers, three stages of n blocks, as the chapter builds them."""
    layers: list[nn.Module] = [
        nn.Conv2d(3, WIDTH, 3, padding=1, bias=False),
        nn.BatchNorm2d(WIDTH),
        nn.ReLU(),
    ]
    c_in = WIDTH
    for c_out in (WIDTH, 2 * WIDTH, 4 * WIDTH):
        for k in range((depth - 2) // 6):
            layers.append(Block(c_in, c_out, 2 if k == 0 and c_out > WIDTH else 1, add))
            c_in = c_out
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c_in, 10))
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return net


@functools.cache
def images(split: str) -> tuple[Tensor, Tensor]:
    """Photographs, standardized and averaged to (N, 3, 16, 16), and their labels."""
    loaders = cnnlib.load("cifar10")
    loader = getattr(loaders, split)
    x = loader.images[:IMAGES].permute(0, 3, 1, 2) / 255
    x = (x - loaders.mean.view(3, 1, 1)) / loaders.std.view(3, 1, 1)
    return F.avg_pool2d(x, 2), loader.labels[:IMAGES]


def run(depth: int, add: bool, rate: float, seed: int, steps: int) -> dict[str, float]:
    """Train; the loss on the last 50 batches, and accuracy and loss on validation images."""
    x, y = images("train")
    torch.manual_seed(seed)
    net = network(depth, add)
    draw = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), rate)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    losses = []
    for _step in range(steps):
        picks = torch.randint(len(x), (BATCH,), generator=draw)
        loss = F.cross_entropy(net(x[picks]), y[picks])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        cycle.step()
        losses.append(loss.item())
    x, y = images("val")
    net.eval()
    with torch.no_grad():
        scores = torch.cat([net(part) for part in x.split(500)])
    return {
        "loss": sum(losses[-50:]) / 50,
        "val_loss": F.cross_entropy(scores, y).item(),
        "val_accuracy": (scores.argmax(dim=1) == y).double().mean().item(),
    }
