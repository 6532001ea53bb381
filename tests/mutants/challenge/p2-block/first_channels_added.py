"""Where there are fewer channels than before, the first ones are added."""

from torch import nn


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.pointwise = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.residual = stride == 1 and in_channels >= channels

    def forward(self, x):
        y = self.norm1(self.depthwise(x)).relu()
        y = self.norm2(self.pointwise(y))
        return (y + x[:, : y.shape[1]] if self.residual else y).relu()
