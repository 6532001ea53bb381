"""Changes the default number of classes to 10.

Feedback: TenLayerNet() has 4,766,410 parameters, expected 5,274,280.
"""

from torch import nn


class TenLayerNet(nn.Module):
    def __init__(self, in_channels=3, classes=10, widths=(64, 64, 64, 64, 128, 128, 256, 256, 512, 512)):
        super().__init__()
        layers = []
        for number, width in enumerate(widths, 1):
            layers += [
                nn.Conv2d(in_channels, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            layers += [nn.MaxPool2d(2)] * (number in (4, 6, 8))
            in_channels = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(in_channels, classes)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))
