"""A branch ends in a leaky ReLU, in a class of its own.

Feedback: Block 2: A branch or a projection ends in an activation
"""

import torch.nn.functional as F
from torch import nn


class Leaky(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1)

    def forward(self, x):
        return F.leaky_relu(self.conv2(self.conv1(x).relu()), 0.1)


def residual_blocks():
    same = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
    half = Leaky()
    wide = nn.Sequential(
        nn.Conv2d(8, 12, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(12, 12, 5, padding=2)
    )
    return [
        Residual(same),  # noqa: F821
        Residual(half, nn.Conv2d(8, 16, 1, stride=2)),  # noqa: F821
        Residual(wide, nn.Conv2d(8, 12, 1)),  # noqa: F821
    ]
