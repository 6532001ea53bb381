"""Sums two convolutions at the end of block 2's branch, and leaves input channels to lazy layers."""

from torch import nn


class Paths(nn.Module):
    def __init__(self):
        super().__init__()
        self.narrow = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.wide = nn.Conv2d(8, 16, 5, stride=2, padding=2)

    def forward(self, x):
        return self.narrow(x) + self.wide(x)


def residual_blocks():
    same = nn.Sequential(nn.LazyConv2d(8, 3, padding=1), nn.ReLU(), nn.LazyConv2d(8, 3, padding=1))
    return [
        Residual(same),  # noqa: F821
        Residual(Paths(), nn.LazyConv2d(16, 1, stride=2)),  # noqa: F821
        Residual(nn.LazyConv2d(12, 3, padding=2, dilation=2), nn.LazyConv2d(12, 1)),  # noqa: F821
    ]
