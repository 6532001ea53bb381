"""Layers of equal widths are one layer, with one set of weights.

Feedback: is one layer three times, with one set of weights
"""

from torch import nn


class TenLayerNet(nn.Module):
    def __init__(self, in_channels=3, classes=1000, widths=(64, 64, 64, 64, 128, 128, 256, 256, 512, 512)):
        super().__init__()
        made = {}
        layers = []
        for number, width in enumerate(widths, start=1):
            if (in_channels, width) not in made:
                conv = nn.Conv2d(in_channels, width, 3, padding=1, bias=False)
                made[in_channels, width] = nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU())
            layers.append(made[in_channels, width])
            if number in (4, 6, 8):
                layers.append(nn.MaxPool2d(2))
            in_channels = width
        self.features = nn.Sequential(*layers)
        self.linear = nn.Linear(in_channels, classes)

    def forward(self, x):
        return self.linear(self.features(x).mean((2, 3)))
