"""The search ends at 60 channels.

Feedback: channels of the narrowest convolution
"""

from torch import nn


def build(budget):
    w = 1
    while w < 60 and 7 * (w + 1) ** 2 + 93 * (w + 1) + 10 <= budget:
        w += 1
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
