"""Separable layers of the given widths: a sixth of the parameters.

Feedback: at most 6,641 are allowed
"""

from torch import nn


def layer(C, channels, kernel_size, stride=1, groups=1):
    conv = nn.Conv2d(C, channels, kernel_size, stride, kernel_size // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(channels), nn.ReLU()]


def small_network():
    layers = layer(3, 32, 3, stride=2)
    for C, channels, stride in ((32, 32, 1), (32, 64, 2), (64, 64, 1)):
        layers += layer(C, C, 3, stride, groups=C) + layer(C, channels, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
