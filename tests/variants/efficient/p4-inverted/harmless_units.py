"""Units in a list with computed names, as in torchvision, and harmless lines."""

import inspect
from functools import partial

import torch
from torch import nn

torch.backends.cudnn.benchmark = True


def unit(kernel_size, in_channels, channels, stride=1, groups=1, activation=nn.ReLU6):
    conv = getattr(nn, f"Conv{2}d")(
        in_channels, channels, kernel_size, stride, (kernel_size - 1) // 2, groups=groups, bias=False
    )
    layers = [conv, nn.BatchNorm2d(channels)] + ([activation(inplace=True)] if activation else [])
    return nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    def __init__(self, in_channels, channels, stride=1, expansion=6):
        super().__init__()
        hidden = int(round(in_channels * expansion))
        pointwise = partial(unit, 1)
        units = [pointwise(in_channels, hidden)] * (expansion != 1)
        units += [unit(3, hidden, hidden, stride, hidden), pointwise(hidden, channels, activation=None)]
        self.number = len(units)
        for i, made in enumerate(units):
            setattr(self, f"unit{i}", made)
        self.use_input = stride == 1 and in_channels == channels

    def forward(self, x):
        y = x
        for i in range(self.number):
            y = getattr(self, f"unit{i}")(y)
        return torch.add(x, y) if self.use_input else y


print(inspect.signature(InvertedResidual))
