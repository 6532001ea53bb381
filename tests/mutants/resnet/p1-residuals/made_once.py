"""The list is new at each call, its blocks are the same.

Feedback: residual_blocks must make new blocks, of new layers, at each call.
"""

from torch import nn


def build():
    same = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
    half = nn.Sequential(nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1))
    return [
        Residual(same),  # noqa: F821
        Residual(half, nn.Conv2d(8, 16, 1, stride=2)),  # noqa: F821
        Residual(nn.Conv2d(8, 12, 3, padding=2, dilation=2), nn.Conv2d(8, 12, 1)),  # noqa: F821
    ]


BLOCKS = build()


def residual_blocks():
    return list(BLOCKS)
