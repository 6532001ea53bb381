"""Puts a batch norm after each convolution, as torchvision's vgg11_bn does.

Feedback: This VGG has no batch norm.
"""

from torch import nn


class VGG(nn.Module):
    def __init__(self, stages, hidden=(), in_channels=3, classes=10, image_size=(32, 32)):
        super().__init__()
        layers = []
        for convolutions, channels in stages:
            for _ in range(convolutions):
                layers += [
                    nn.Conv2d(in_channels, channels, 3, padding=1),
                    nn.BatchNorm2d(channels),
                    nn.ReLU(),
                ]
                in_channels = channels
            layers.append(nn.MaxPool2d(2))
        sizes = [in_channels, *(size // 2 ** len(stages) for size in image_size)]
        features = sizes[0] * sizes[1] * sizes[2]
        layers.append(nn.Flatten())
        for size in hidden:
            layers += [nn.Linear(features, size), nn.ReLU()]
            features = size
        self.layers = nn.Sequential(*layers, nn.Linear(features, classes))

    def forward(self, x):
        return self.layers(x)
