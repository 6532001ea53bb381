"""Applies a ReLU after the sum in evaluation mode only.

Feedback: The block gives other values in evaluation mode than in training mode.
"""

from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.module, self.projection = module, projection

    def forward(self, x):
        shortcut = x if self.projection is None else self.projection(x)
        y = self.module(x) + shortcut
        return y if self.training else y.relu()
