"""The branch is one nn.Sequential, made by the parent that adds."""

import torch.nn.functional as F
from torch import nn


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        nn.Module.__init__(self)
        self.adds = (in_channels, stride) == (channels, 1)
        self.branch = nn.Sequential(
            nn.Conv2d(in_channels, in_channels, 3, stride, 1, 1, in_channels, False),
            nn.BatchNorm2d(in_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(in_channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        y = self.branch(x)
        return F.relu(x + y if self.adds else y)
