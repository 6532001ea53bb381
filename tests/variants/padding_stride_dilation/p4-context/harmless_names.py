"""Layers by computed names, ReLU as a function, and borders that repeat the last pixel."""

import gc

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.utils import _pair

torch.backends.cudnn.benchmark = True
F.max_pool2d?


class Context(nn.Module):
    def __init__(self):
        super().__init__()
        for i, dilation in enumerate((8, 4, 2, 1)):
            options = {"padding": _pair(dilation), "dilation": dilation, "padding_mode": "replicate"}
            setattr(self, f"conv{i}", getattr(nn, f"Conv{2}d")(8 if i else 3, 8, 3, **options))
        print(len(self.__dict__["_modules"]))
        gc.collect()

    def forward(self, x):
        for i in range(4):
            x = F.relu(getattr(self, f"conv{i}")(x))
        return x


def context_network():
    return Context()
