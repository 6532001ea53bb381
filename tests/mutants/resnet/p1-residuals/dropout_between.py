"""Drops values between the two convolutions of block 1, in training mode.

Feedback: Block 1: In training mode it gives other values at each call; is there dropout?
"""

from torch import nn


def residual_blocks():
    same = nn.Sequential(
        nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Dropout(0.5), nn.Conv2d(8, 8, 3, padding=1)
    )
    half = nn.Conv2d(8, 16, 3, stride=2, padding=1)
    wide = nn.Conv2d(8, 12, 3, padding=2, dilation=2)
    return [
        Residual(same),  # noqa: F821
        Residual(half, nn.Conv2d(8, 16, 1, stride=2)),  # noqa: F821
        Residual(wide, nn.Conv2d(8, 12, 1)),  # noqa: F821
    ]
