"""Even kernels: PyTorch puts the pixel left over at the end.

Feedback: The field is not centered on the output's own pixel
"""

from torch import nn


def context_network():
    layers, channels = [], 3
    for dilation in (1, 1, 2, 4, 8, 14):
        layers += [nn.Conv2d(channels, 8, 2, padding="same", dilation=dilation), nn.ReLU()]
        channels = 8
    return nn.Sequential(*layers)
