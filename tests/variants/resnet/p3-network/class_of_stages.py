"""A class for the network with stages, and a projection in the list of layers."""

import torch
import torch.nn.functional as F
from torch import nn


class Unit(nn.Module):
    def __init__(self, inputs, channels, stride, projected):
        super().__init__()
        self.channels, self.stride = channels, stride
        self.shortcut = None
        if projected and (inputs, stride) != (channels, 1):
            self.shortcut = nn.ModuleList(
                [nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)]
            )
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(2))
        self.second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.first = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)

    def forward(self, x):
        y = F.relu(self.norms[1](self.first(x)))
        y = self.norms[0](self.second(y))
        if self.shortcut is not None:
            y = y + self.shortcut[1](self.shortcut[0](x))
        else:
            kept = x[:, :, :: self.stride, :: self.stride]
            y = torch.cat([y[:, : x.shape[1]] + kept, y[:, x.shape[1] :]], 1)
        return F.relu(y)


class CifarResNet(nn.Module):
    def __init__(self, n, shortcut, width, classes):
        super().__init__()
        self.fc = nn.Linear(4 * width, classes)
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))
        self.stages = nn.ModuleList()
        for inputs, channels, stride in ((1, 1, 1), (1, 2, 2), (2, 4, 2)):
            first = Unit(inputs * width, channels * width, stride, shortcut == "projection")
            rest = (Unit(channels * width, channels * width, 1, False) for _ in range(n - 1))
            self.stages.append(nn.Sequential(first, *rest))

    def forward(self, x):
        x = F.relu(self.stem(x))
        for stage in self.stages:
            x = stage(x)
        return self.fc(x.mean(dim=(2, 3)))


def cifar_resnet(n, shortcut="zeros", width=16, classes=10):
    return CifarResNet(n, shortcut, width, classes)
