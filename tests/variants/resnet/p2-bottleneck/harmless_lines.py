"""Layers by computed names, helpers of PyTorch, and a look at what was made."""

import gc

import torch
from torch import nn
from torch.nn.modules.utils import _pair

torch.backends.cudnn.deterministic = True


class Bottleneck(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        Conv, wide = getattr(nn, f"Conv{2}d"), 4 * channels
        sizes = [(in_channels, channels, 1), (channels, channels, 3), (channels, wide, 1)]
        for i, (inputs, outputs, size) in enumerate(sizes, start=1):
            step = _pair(stride if i == 2 else 1)
            setattr(self, f"conv{i}", Conv(inputs, outputs, _pair(size), step, size // 2, bias=False))
            setattr(self, f"norm{i}", nn.BatchNorm2d(outputs))
        self.shortcut = nn.Identity()
        if (in_channels, stride) != (wide, 1):
            projection = Conv(in_channels, wide, 1, stride, bias=False)
            self.shortcut = nn.Sequential(projection, nn.BatchNorm2d(wide))
        gc.collect()
        assert "conv1" in self.__dict__["_modules"]

    def forward(self, x):
        y = x
        for i in (1, 2, 3):
            y = getattr(self, f"norm{i}")(getattr(self, f"conv{i}")(y))
            y = y.relu() if i < 3 else y
        return torch.relu(y + self.shortcut(x))
