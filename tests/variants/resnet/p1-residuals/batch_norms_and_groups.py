"""Batch norms at the ends, grouped and rectangular convolutions."""

from torch import nn


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(8, 8, 3, padding="same")
        self.second = nn.Conv2d(8, 8, 3, padding="same", bias=False)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        return self.norm(self.second(self.first(x).relu()))


def residual_blocks():
    half = nn.Sequential(
        nn.Conv2d(8, 8, (5, 3), stride=2, padding=(2, 1), groups=8), nn.Conv2d(8, 16, 1), nn.BatchNorm2d(16)
    )
    wide = nn.Conv2d(8, 12, 3, padding=2, dilation=2, groups=4)
    return [
        Residual(Branch(), projection=None),  # noqa: F821
        Residual(half, nn.Sequential(nn.Conv2d(8, 16, 1, stride=2, bias=False), nn.BatchNorm2d(16))),  # noqa: F821
        Residual(module=wide, projection=nn.Conv2d(8, 12, 3, padding=1)),  # noqa: F821
    ]
