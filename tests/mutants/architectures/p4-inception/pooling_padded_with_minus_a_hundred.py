"""Pads with -100 before pooling, which wins where the map is lower still.

Feedback: Likely mistake: the pooling takes -100 for what lies outside
"""

import torch
import torch.nn.functional as F
from torch import nn


class Inception(nn.Module):
    def __init__(self, in_channels, out1, reduce3, out3, reduce5, out5, project):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out1, 1)
        self.reduce3, self.conv3 = nn.Conv2d(in_channels, reduce3, 1), nn.Conv2d(reduce3, out3, 3, padding=1)
        self.reduce5, self.conv5 = nn.Conv2d(in_channels, reduce5, 1), nn.Conv2d(reduce5, out5, 5, padding=2)
        self.project = nn.Conv2d(in_channels, project, 1)

    def forward(self, x):
        pooled = F.max_pool2d(F.pad(x, (1, 1, 1, 1), value=-100), 3, 1)
        branches = [
            self.conv1(x),
            self.conv3(self.reduce3(x).relu()),
            self.conv5(self.reduce5(x).relu()),
            self.project(pooled),
        ]
        return torch.cat(branches, 1).relu()
