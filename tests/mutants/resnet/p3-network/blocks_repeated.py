"""`[block] * n` is the same block n times.

Feedback: cifar_resnet(2, 'zeros', 2, 5) has 11 3 × 3 convolutions, expected 13.
"""

from torch import nn


class CifarBlock(nn.Module):
    def __init__(self, in_channels, channels, stride):
        super().__init__()
        self.channels, self.stride = channels, stride
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.projection = None

    def forward(self, x):
        y = self.norm2(self.conv2(self.norm1(self.conv1(x)).relu()))
        if self.projection is not None:
            return (y + self.projection(x)).relu()
        return (y + zero_pad_shortcut(x, self.channels, self.stride)).relu()  # noqa: F821


def cifar_resnet(n, shortcut="zeros", width=16, classes=10):
    layers = [nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    layers += [CifarBlock(width, width, 1)] * n
    for channels in (2 * width, 4 * width):
        first = CifarBlock(channels // 2, channels, 2)
        if shortcut == "projection":
            first.projection = nn.Sequential(
                nn.Conv2d(channels // 2, channels, 1, 2, bias=False), nn.BatchNorm2d(channels)
            )
        layers += [first] + [CifarBlock(channels, channels, 1)] * (n - 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, classes))
