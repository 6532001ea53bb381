"""A single image loses its axis.

Feedback: expected (1, 10)
"""

from torch import nn


class Squeezed(nn.Module):
    def forward(self, x):
        return x.squeeze()


def design():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(16, 24, 3, 2, 1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        Squeezed(),
        nn.Linear(24, 10),
    )
