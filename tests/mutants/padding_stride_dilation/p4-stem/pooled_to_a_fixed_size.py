"""Adaptive pooling gives 8 x 8 outputs whatever the image, and sees what the image's size makes it see."""

from torch import nn


def stem():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(8),
    )
