"""Layers in lists, the last scale started at zero."""

import torch.nn.functional as F
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        self.same = in_channels == channels and stride == 1
        kinds = [(in_channels, 3, stride), (channels, 3, 1)] + [(in_channels, 1, stride)] * (not self.same)
        self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
        for inputs, size, step in reversed(kinds):
            self.convs.append(nn.Conv2d(inputs, channels, size, step, size // 2, bias=False))
            self.norms.append(nn.BatchNorm2d(channels))
        nn.init.zeros_(self.norms[-2].weight)

    def forward(self, x):
        y = F.relu(self.norms[-1](self.convs[-1](x)))
        y = self.norms[-2](self.convs[-2](y))
        return F.relu(y + (x if self.same else self.norms[0](self.convs[0](x))))
