"""The module runs once to look at the shape, and once more for the sum.

Feedback: module is called 2 times in one call of the block, expected 1.
"""

from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.module = module
        self.projection = projection

    def forward(self, x):
        assert self.module(x).dim() == x.dim()
        shortcut = x if self.projection is None else self.projection(x)
        return self.module(x) + shortcut
