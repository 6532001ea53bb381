"""Blocks of one size are given the same layers.

Feedback: two such networks share layers
"""

from functools import cache

from torch import nn


@cache
def layers(in_channels, channels, stride):
    depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
    pointwise = nn.Conv2d(in_channels, channels, 1, bias=False)
    return depthwise, nn.BatchNorm2d(in_channels), pointwise, nn.BatchNorm2d(channels)


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.depthwise, self.norm1, self.pointwise, self.norm2 = layers(in_channels, channels, stride)
        self.residual = stride == 1 and in_channels == channels

    def forward(self, x):
        y = self.norm1(self.depthwise(x)).relu()
        y = self.norm2(self.pointwise(y))
        return (y + x if self.residual else y).relu()
