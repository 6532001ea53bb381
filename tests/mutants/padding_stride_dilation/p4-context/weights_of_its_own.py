"""The weights are parameters of the network itself, not of layers.

Feedback: It has parameters that belong to no layer
"""

import torch
import torch.nn.functional as F
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Conv2d(3, 8, 1)
        self.row = nn.Parameter(torch.randn(8, 1, 1, 31))
        self.column = nn.Parameter(torch.randn(8, 1, 31, 1))

    def forward(self, x):
        x = F.conv2d(self.mix(x), self.row, padding=(0, 15), groups=8)
        return F.conv2d(x, self.column, padding=(15, 0), groups=8)


def context_network():
    return Network()
