"""The norms take the statistics of the batch in evaluation mode, too.

Feedback: in evaluation mode, the batch norms use the statistics of the batch
"""

from torch import nn


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.norm1 = nn.BatchNorm2d(in_channels, track_running_stats=False)
        self.pointwise = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels, track_running_stats=False)
        self.residual = stride == 1 and in_channels == channels

    def forward(self, x):
        y = self.norm1(self.depthwise(x)).relu()
        y = self.norm2(self.pointwise(y))
        return (y + x if self.residual else y).relu()
