"""The ReLU of ResNet's first block, which belongs to the block, not to the connection.

Feedback: Likely mistake: there is an activation after the sum; the sum may be negative
"""

from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.module = module
        self.projection = projection

    def forward(self, x):
        shortcut = x if self.projection is None else self.projection(x)
        return (self.module(x) + shortcut).relu()
