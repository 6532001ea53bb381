"""The input is added wherever it has the shape of the output: on one pixel with any stride.

That network would be another one for another size of image.

Feedback: the input is added at a larger stride, where both are one pixel
"""

from torch import nn


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.pointwise = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = self.norm1(self.depthwise(x)).relu()
        y = self.norm2(self.pointwise(y))
        return (y + x if x.shape == y.shape else y).relu()
