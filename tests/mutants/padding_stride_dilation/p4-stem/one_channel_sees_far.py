"""One of the sixteen channels has the field asked for; the others see 15 pixels.

Feedback: Output channels that see the whole field in each of the 3 channels of the image: 1, expected 16
"""

import torch
from torch import nn


class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 8, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 15, 3, stride=2, padding=1),
        )
        self.last = nn.Conv2d(15, 1, 3, padding=1)

    def forward(self, x):
        x = self.layers(x)
        return torch.cat([x, self.last(x)], 1)


def stem():
    return Stem()
