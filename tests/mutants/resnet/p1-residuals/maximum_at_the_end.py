"""Halves block 2's branch by max pooling at its end.

Feedback: Block 2: A branch or a projection ends in an activation, or in something else that is not linear
"""

from torch import nn


def residual_blocks():
    same = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
    half = nn.Sequential(nn.Conv2d(8, 16, 3, padding=1), nn.MaxPool2d(2, ceil_mode=True))
    wide = nn.Conv2d(8, 12, 3, padding=2, dilation=2)
    return [
        Residual(same),  # noqa: F821
        Residual(half, nn.Conv2d(8, 16, 1, stride=2)),  # noqa: F821
        Residual(wide, nn.Conv2d(8, 12, 1)),  # noqa: F821
    ]
