"""A single image loses its axis.

Feedback: expected (1, 10)
"""

from torch import nn


def layer(C, channels, kernel_size, stride=1, groups=1):
    conv = nn.Conv2d(C, channels, kernel_size, stride, kernel_size // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(channels), nn.ReLU()]


class Squeezed(nn.Module):
    def forward(self, x):
        return x.squeeze()


def small_network():
    layers = layer(3, 16, 3, stride=2)
    for C, channels, stride in ((16, 16, 1), (16, 32, 2), (32, 32, 1)):
        layers += layer(C, C, 3, stride, groups=C) + layer(C, channels, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), Squeezed(), nn.Linear(32, 10))
