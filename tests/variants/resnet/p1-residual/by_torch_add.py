"""Other names, a layer that is not used, and torch.add."""

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.relu = nn.ReLU()
        self.branch = module
        if projection is not None:
            self.shortcut = projection

    def forward(self, x):
        shortcut = self.shortcut(x) if hasattr(self, "shortcut") else x
        return torch.add(shortcut, self.branch(x))
