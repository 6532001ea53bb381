"""Names made in a loop, and what notebooks contain that is no part of an answer."""

!pip --version
%matplotlib inline
import gc
import inspect

import torch
from torch import nn
from torch.nn.modules.utils import _pair

torch.backends.cudnn.benchmark = True
torch.set_printoptions(precision=3, sci_mode=False)
%config InlineBackend.figure_formats = ["png"]
gc.collect()


class TenLayerNet(nn.Module):
    def __init__(self, in_channels=3, classes=1000, widths=(64, 64, 64, 64, 128, 128, 256, 256, 512, 512)):
        super().__init__()
        dimensions = 2
        for i, width in enumerate(widths):
            conv = getattr(nn, f"Conv{dimensions}d")
            setattr(self, f"conv{i}", conv(in_channels, width, _pair(3), padding=_pair(1), bias=False))
            setattr(self, f"norm{i}", getattr(nn, f"BatchNorm{dimensions}d")(width))
            in_channels = width
        self.linear = nn.Linear(in_channels, classes)
        print(len(self.__dict__["_modules"]), inspect.signature(self.forward))

    def forward(self, x):
        for i in range(10):
            x = torch.relu(getattr(self, f"norm{i}")(getattr(self, f"conv{i}")(x)))
            if i + 1 in (4, 6, 8):
                x = nn.functional.max_pool2d(x, 2)
        return self.linear(x.mean((2, 3)))


nn.functional.pad?
