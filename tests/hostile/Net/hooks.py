"""Registers hooks for all modules and parts with names that hide those of torch."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.__dict__["_modules"] = {
            "forward": nn.Linear(3, 4),
            "eval": nn.Linear(3, 4),
            "__class__": nn.ReLU(),
        }
        self._parameters = {"parameters": nn.Parameter(torch.ones(2)), "modules": nn.Parameter(torch.ones(2))}

    def forward(self, x):
        return torch.full((2, 4), float("nan"))


nn.modules.module.register_module_forward_hook(lambda module, args, output: torch.zeros(2, 4))
nn.Module.parameters = lambda self: iter(())
nn.Linear.forward = lambda self, x: torch.zeros(2, 4)
