"""The norms are shared by all blocks of a size.

Feedback: share layers
"""

from functools import cache

from torch import nn

norm = cache(nn.BatchNorm2d)


class InvertedResidual(nn.Module):
    def __init__(self, in_channels, channels, stride=1, expansion=6):
        super().__init__()
        hidden = expansion * in_channels
        self.expand = expansion != 1 and nn.Conv2d(in_channels, hidden, 1, bias=False)
        self.first = expansion != 1 and nn.BatchNorm2d(hidden)
        self.depthwise = nn.Conv2d(hidden, hidden, 3, stride, padding=1, groups=hidden, bias=False)
        self.second = nn.BatchNorm2d(hidden)
        self.project = nn.Conv2d(hidden, channels, 1, bias=False)
        self.third = norm(channels)
        self.residual = stride == 1 and in_channels == channels

    def forward(self, x):
        y = self.first(self.expand(x)).clamp(0, 6) if self.expand else x
        y = self.second(self.depthwise(y)).clamp(0, 6)
        y = self.third(self.project(y))
        return x + y if self.residual else y
