"""One of the eight channels has the field asked for; the others see 3 x 3 pixels.

Feedback: Output channels that see the whole field in each of the 3 channels of the image: 1, expected 8
"""

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.near = nn.Conv2d(3, 7, 3, padding=1)
        self.far = nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(4, 4, 3, padding=2, dilation=2),
            nn.ReLU(),
            nn.Conv2d(4, 4, 3, padding=4, dilation=4),
            nn.ReLU(),
            nn.Conv2d(4, 1, 3, padding=8, dilation=8),
        )

    def forward(self, x):
        return torch.cat([self.far(x), self.near(x)], 1)


def context_network():
    return Network()
