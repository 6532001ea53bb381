"""The images go through a ReLU that works in place.

Feedback: context_network() changed its argument in place
"""

from torch import nn


def context_network():
    layers, channels = [nn.ReLU(inplace=True)], 3
    for dilation in (1, 2, 4, 8):
        layers += [nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation), nn.ReLU(inplace=True)]
        channels = 8
    return nn.Sequential(*layers)
