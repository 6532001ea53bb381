"""A network is returned, not its configuration.

Feedback: expected a list of tuples
"""

from torch import nn


def design():
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, stride=4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)
    )
