"""The last layer has no bias.

Feedback: An nn.Linear has no bias
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
            layers += [nn.MaxPool2d(2)]
            height, width = height // 2, width // 2
        features = in_channels * height * width
        layers += [nn.Flatten()]
        for size in hidden:
            layers += [nn.Linear(features, size), nn.ReLU()]
            features = size
        layers += [nn.Linear(features, classes, bias=False)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)
