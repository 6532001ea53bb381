"""The same object at each call.

Feedback: two such networks share layers
"""

from torch import nn


def layer(C, channels, kernel_size, stride=1, groups=1):
    conv = nn.Conv2d(C, channels, kernel_size, stride, kernel_size // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(channels), nn.ReLU()]


def made():
    layers = layer(3, 16, 3, stride=2)
    for C, channels, stride in ((16, 16, 1), (16, 32, 2), (32, 32, 1)):
        layers += layer(C, C, 3, stride, groups=C) + layer(C, channels, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


network = made()


def small_network():
    return network
