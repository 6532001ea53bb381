"""A list hides the parts from `parameters()`.

Feedback: The parameters of the block do not include those of module
"""

from torch import nn


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        self.parts = [module, projection]

    def forward(self, x):
        module, projection = self.parts
        return module(x) + (x if projection is None else projection(x))
