"""The batch norms have no weights and biases.

Feedback: The weights of its nn.BatchNorm2d are [()
"""

from torch import nn


class TenLayerNet(nn.Module):
    def __init__(self, in_channels=3, classes=1000, widths=(64, 64, 64, 64, 128, 128, 256, 256, 512, 512)):
        super().__init__()
        layers = []
        for number, width in enumerate(widths, start=1):
            layers.append(nn.Conv2d(in_channels, width, 3, padding=1, bias=False))
            layers.append(nn.BatchNorm2d(width, affine=False))
            layers.append(nn.ReLU())
            if number in (4, 6, 8):
                layers.append(nn.MaxPool2d(2))
            in_channels = width
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(in_channels, classes)

    def forward(self, x):
        return self.linear(self.pool(self.features(x)).flatten(1))
