"""Each layer an attribute of its own, the activations as functions."""

import torch.nn.functional as F
from torch import nn


class InvertedResidual(nn.Module):
    def __init__(self, in_channels, channels, stride=1, expansion=6):
        super().__init__()
        hidden = in_channels * expansion
        self.add = in_channels == channels and stride == 1
        self.expand = self.norm1 = None
        if hidden > in_channels:
            self.expand = nn.Conv2d(in_channels, hidden, (1, 1), bias=False)
            self.norm1 = nn.BatchNorm2d(hidden)
        self.depthwise = nn.Conv2d(
            hidden, hidden, (3, 3), (stride, stride), (1, 1), groups=hidden, bias=False
        )
        self.norm2 = nn.BatchNorm2d(hidden)
        self.project = nn.Conv2d(hidden, channels, kernel_size=1, bias=False)
        self.norm3 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = x
        if self.expand is not None:
            y = F.relu6(self.norm1(self.expand(y)))
        y = self.norm2(self.depthwise(y)).clamp(min=0, max=6)
        y = self.norm3(self.project(y))
        if self.add:
            y += x
        return y
