"""All modules of a size share their layers.

Feedback: share layers
"""

from functools import cache

from torch import nn


@cache
def layers(channels, inner):
    return nn.Sequential(nn.Linear(channels, inner), nn.ReLU(), nn.Linear(inner, channels), nn.Sigmoid())


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        self.layers = layers(channels, max(1, channels // reduction))

    def forward(self, x):
        return x * self.layers(x.mean((2, 3)))[:, :, None, None]
