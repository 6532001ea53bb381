"""The image is read in one of its channels only.

Feedback: That is so for 0 of 16 output channels: each must see as far, in each of the 3 channels
"""

from torch import nn


class Stem(nn.Sequential):
    def forward(self, x):
        return super().forward(x[:, 1:2])


def stem():
    return Stem(
        nn.Conv2d(1, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 16, 3, padding=1),
    )
