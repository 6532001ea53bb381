"""A cache returns the same network for the same arguments.

Feedback: two such networks share layers; each makes its own.
"""

from functools import cache

from torch import nn


@cache
def cifar_resnet(n, shortcut="zeros", width=16, classes=10):
    class Block(nn.Module):
        def __init__(self, in_channels, channels, stride):
            super().__init__()
            self.channels, self.stride = channels, stride
            self.branch = nn.Sequential(
                nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, channels, 3, padding=1, bias=False),
                nn.BatchNorm2d(channels),
            )
            self.projection = None
            if shortcut == "projection" and (stride != 1 or in_channels != channels):
                self.projection = nn.Sequential(
                    nn.Conv2d(in_channels, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
                )

        def forward(self, x):
            if self.projection is not None:
                return (self.branch(x) + self.projection(x)).relu()
            return (self.branch(x) + zero_pad_shortcut(x, self.channels, self.stride)).relu()  # noqa: F821

    layers = [nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    in_channels = width
    for stage in range(3):
        for index in range(n):
            channels = width * 2**stage
            layers.append(Block(in_channels, channels, 2 if stage > 0 and index == 0 else 1))
            in_channels = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(in_channels, classes))
