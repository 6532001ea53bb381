"""The branch is computed once to look at its shape, and once more.

Feedback: a batch norm runs 2 times
"""

from torch import nn


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.pointwise = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.residual = stride == 1 and in_channels == channels

    def forward(self, x):
        adds = self.branch(x).shape == x.shape and self.residual
        return (self.branch(x) + x if adds else self.branch(x)).relu()

    def branch(self, x):
        y = self.norm1(self.depthwise(x)).relu()
        return self.norm2(self.pointwise(y))
