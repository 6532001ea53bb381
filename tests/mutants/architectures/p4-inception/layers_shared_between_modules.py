"""Modules of the same sizes share a branch.

Feedback: two such networks share layers
"""

import torch
from torch import nn

MADE = {}


class Inception(nn.Module):
    def __init__(self, in_channels, out1, reduce3, out3, reduce5, out5, project):
        super().__init__()
        one = nn.Sequential(nn.Conv2d(in_channels, out1, 1), nn.ReLU())
        self.one = MADE.setdefault((in_channels, out1), one)
        self.three = nn.Sequential(
            nn.Conv2d(in_channels, reduce3, 1), nn.ReLU(), nn.Conv2d(reduce3, out3, 3, padding=1), nn.ReLU()
        )
        self.five = nn.Sequential(
            nn.Conv2d(in_channels, reduce5, 1), nn.ReLU(), nn.Conv2d(reduce5, out5, 5, padding=2), nn.ReLU()
        )
        self.pooled = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(in_channels, project, 1), nn.ReLU()
        )

    def forward(self, x):
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pooled(x)], dim=1)
