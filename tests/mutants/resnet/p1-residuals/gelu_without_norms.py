"""Another activation, and no batch norm.

Feedback: Block 1: It does not return x + conv(ReLU(conv(x))).
"""

from torch import nn


def residual_blocks():
    same = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.GELU(), nn.Conv2d(8, 8, 3, padding=1))
    half = nn.Sequential(nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1))
    wide = nn.Sequential(
        nn.Conv2d(8, 12, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(12, 12, 5, padding=2)
    )
    return [
        Residual(same),  # noqa: F821
        Residual(half, nn.Conv2d(8, 16, 1, stride=2)),  # noqa: F821
        Residual(wide, nn.Conv2d(8, 12, 1)),  # noqa: F821
    ]
