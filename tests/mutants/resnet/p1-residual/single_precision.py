"""The result is always float32.

Feedback: returned dtype float32, expected float64
"""

from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.module = module
        self.projection = projection

    def forward(self, x):
        shortcut = x if self.projection is None else self.projection(x)
        return (self.module(x) + shortcut).float()
