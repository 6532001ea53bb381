"""Odd sizes are rounded up, in the pooling, too.

Feedback: rounded down
"""

from torch import nn


class VGG(nn.Module):
    def __init__(self, stages, hidden=(), in_channels=3, classes=10, image_size=(32, 32)):
        super().__init__()
        layers = []
        height, width = image_size
        for convolutions, channels in stages:
            for _ in range(convolutions):
                layers += [nn.Conv2d(in_channels, channels, 3, padding=1), nn.ReLU()]
                in_channels = channels
            layers += [nn.MaxPool2d(2, ceil_mode=True)]
            height, width = (height + 1) // 2, (width + 1) // 2
        features = in_channels * height * width
        layers += [nn.Flatten()]
        for size in hidden:
            layers += [nn.Linear(features, size), nn.ReLU()]
            features = size
        layers += [nn.Linear(features, classes)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)
