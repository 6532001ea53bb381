"""The last pixels of the field come from pooling.

Feedback: It contains MaxPool2d; use nn.Conv2d and nn.ReLU only
"""

from torch import nn


def context_network():
    layers, channels = [], 3
    for dilation in (1, 2, 4):
        layers += [nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation), nn.ReLU()]
        channels = 8
    return nn.Sequential(*layers, *[nn.MaxPool2d(3, stride=1, padding=1) for _ in range(8)])
