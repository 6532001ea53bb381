"""Convolutions by name in another order, functions in forward."""

import torch
import torch.nn.functional as F
from torch import nn


class Inception(nn.Module):
    def __init__(self, in_channels, out1, reduce3, out3, reduce5, out5, project):
        super().__init__()
        self.project = nn.Conv2d(in_channels, project, 1)
        self.conv5 = nn.Conv2d(reduce5, out5, 5, padding="same")
        self.reduce5 = nn.Conv2d(in_channels, reduce5, 1)
        self.conv3 = nn.Conv2d(reduce3, out3, 3, padding="same")
        self.reduce3 = nn.Conv2d(in_channels, reduce3, 1)
        self.conv1 = nn.Conv2d(in_channels, out1, 1)

    def forward(self, x):
        pooled = F.max_pool2d(x, kernel_size=3, stride=1, padding=1)
        maps = (
            self.conv1(x),
            self.conv3(self.reduce3(x).relu()),
            self.conv5(self.reduce5(x).relu()),
            self.project(pooled),
        )
        return torch.cat(maps, dim=-3).relu()
