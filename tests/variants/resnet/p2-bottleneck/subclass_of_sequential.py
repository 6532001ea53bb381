"""The block is the branch."""

import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Sequential):
    def __init__(self, in_channels, channels, stride=1):
        wide = 4 * channels
        sizes = [(in_channels, channels, 1, 1), (channels, channels, 3, stride), (channels, wide, 1, 1)]
        layers = []
        for inputs, outputs, size, step in sizes:
            layers.append(nn.Conv2d(inputs, outputs, size, step, padding=size // 2, bias=False))
            layers += [nn.BatchNorm2d(outputs), nn.ReLU()]
        super().__init__(*layers[:-1])
        self.shortcut = None
        if in_channels != wide or stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, wide, 1, stride, bias=False), nn.BatchNorm2d(wide)
            )

    def forward(self, x):
        y = x
        for index in range(8):
            y = self[index](y)
        return F.relu(y + (self.shortcut(x) if self.shortcut else x))
