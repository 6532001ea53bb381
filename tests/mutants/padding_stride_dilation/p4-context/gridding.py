"""Equal dilations span enough pixels, but skip most of them.

Feedback: The field has holes: an output reads 49 of the 31 x 31 = 961
"""

from torch import nn


def context_network():
    layers, channels = [], 3
    for dilation in (5, 5, 5):
        layers += [nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation), nn.ReLU()]
        channels = 8
    return nn.Sequential(*layers)
