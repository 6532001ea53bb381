"""Is a module in name: what it says about its parts, its parameters and its class is made up."""

import torch
from torch import nn


class Net(nn.Module):
    __class__ = property(lambda self: nn.Linear)

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4000)

    def parameters(self, recurse=True):
        return iter(())

    named_parameters = modules = children = named_modules = buffers = parameters

    def eval(self):
        return self

    def forward(self, x):
        return self.layer(x)[:, :4]
