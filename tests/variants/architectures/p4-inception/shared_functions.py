"""ReLU and pooling have no weights, so all modules share them."""

import torch
from torch import nn

RELU, POOL = nn.ReLU(), nn.MaxPool2d(3, stride=1, padding=1)


class Inception(nn.Module):
    def __init__(self, in_channels, out1, reduce3, out3, reduce5, out5, project):
        super().__init__()
        sizes = [(in_channels, out1, 1), (in_channels, reduce3, 1), (reduce3, out3, 3)]
        sizes += [(in_channels, reduce5, 1), (reduce5, out5, 5), (in_channels, project, 1)]
        one, before3, three, before5, five, last = (nn.Conv2d(*size, padding="same") for size in sizes)
        self.branches = nn.ModuleList(
            [
                nn.Sequential(one, RELU),
                nn.Sequential(before3, RELU, three, RELU),
                nn.Sequential(before5, RELU, five, RELU),
                nn.Sequential(POOL, last, RELU),
            ]
        )

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)
