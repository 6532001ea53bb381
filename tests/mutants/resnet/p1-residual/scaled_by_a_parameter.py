"""Multiplies the branch by a trained scale of its own, which starts at 1.

Feedback: The block has parameters besides those of its parts.
"""

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.module, self.projection = module, projection
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        shortcut = x if self.projection is None else self.projection(x)
        return self.scale * self.module(x) + shortcut
