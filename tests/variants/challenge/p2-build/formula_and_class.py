"""The width by the formula for roots, the network as a class."""

import math

from torch import nn


class Network(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.start = nn.Conv2d(3, w, 3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(w)
        sizes = [(w, w, 1), (w, 2 * w, 2), (2 * w, 2 * w, 1)]
        self.blocks = nn.ModuleList(SeparableBlock(*size) for size in sizes)  # noqa: F821 (of the cell above)
        self.end = nn.Linear(2 * w, 10)

    def forward(self, x):
        x = self.norm(self.start(x)).relu()
        for block in self.blocks:
            x = block(x)
        return self.end(x.mean((2, 3)))


def build(budget):
    return Network((math.isqrt(93**2 + 28 * (budget - 10)) - 93) // 14)
