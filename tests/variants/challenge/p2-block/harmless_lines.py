"""Magics, print settings, computed names and introspection around a right answer."""

%cd .
!pip --version
import gc
import inspect

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.utils import _pair

torch.set_printoptions(precision=3, sci_mode=False)
torch.backends.cudnn.benchmark = True
gc.collect()
F.pad?


class SeparableBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        Conv = getattr(nn, f"Conv{2}d")
        sizes = [(in_channels, 3, stride, in_channels), (channels, 1, 1, 1)]
        for i, (outputs, size, step, groups) in enumerate(sizes, start=1):
            padding = _pair(size // 2)
            conv = Conv(in_channels, outputs, _pair(size), step, padding, groups=groups, bias=False)
            setattr(self, f"conv{i}", conv)
            setattr(self, f"norm{i}", nn.BatchNorm2d(outputs))
        self.adds = stride == 1 and in_channels == channels
        assert "conv1" in self.__dict__["_modules"]

    def forward(self, x):
        y = self.norm1(self.conv1(x)).relu()
        y = self.norm2(self.conv2(y))
        return (x + y).relu() if self.adds else y.relu()


print(inspect.signature(SeparableBlock), vars(SeparableBlock(1, 1))["adds"])
