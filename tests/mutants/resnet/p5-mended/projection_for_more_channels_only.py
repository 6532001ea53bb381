"""Has a projection where the channels become more, not where they become fewer.

Feedback: MendedBlock(4, 2) has 0 1 × 1 convolutions, expected 1.
"""

import torch.nn.functional as F
from torch import nn


class MendedBlock(FaultyBlock):  # noqa: F821
    def __init__(self, in_channels, channels, stride=1):
        super().__init__(in_channels, channels, stride)
        if stride != 1 or in_channels < channels:
            self.projection = nn.Conv2d(in_channels, channels, 1, stride, bias=False)

    def forward(self, x):
        a = F.relu(self.norm1(x))
        y = self.conv2(F.relu(self.norm2(self.conv1(a))))
        return y + (x if self.projection is None else self.projection(a))
