"""The input is added through `.data`: the values, not the gradient.

Feedback: without a projection, no gradient passes through the shortcut
"""

from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.module = module
        self.projection = projection

    def forward(self, x):
        shortcut = x.data if self.projection is None else self.projection(x)
        return self.module(x) + shortcut
