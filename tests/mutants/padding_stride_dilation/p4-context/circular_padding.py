"""The padding is circular, which an image smaller than it does not allow.

Feedback: Sequential, called with a tensor of shape (1, 3, 2, 9), raised
"""

from torch import nn


def context_network():
    layers, channels = [], 3
    for dilation in (1, 2, 4, 8):
        options = {"padding": dilation, "dilation": dilation, "padding_mode": "circular"}
        layers += [nn.Conv2d(channels, 8, 3, **options), nn.ReLU()]
        channels = 8
    return nn.Sequential(*layers)
