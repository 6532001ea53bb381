"""The width is a NumPy integer."""

import numpy as np
from torch import nn


def build(budget):
    widths = np.arange(1, 1_000)
    w = int(np.searchsorted(7 * widths**2 + 93 * widths + 10, budget, side="right"))
    return nn.Sequential(
        nn.Conv2d(3, w, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(w),
        nn.ReLU(),
        SeparableBlock(w, w),  # noqa: F821 (of the cell above)
        SeparableBlock(w, 2 * w, stride=2),  # noqa: F821
        SeparableBlock(2 * w, 2 * w),  # noqa: F821
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(2 * w, 10),
    )
