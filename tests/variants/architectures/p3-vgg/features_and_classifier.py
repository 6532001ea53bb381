"""Two parts, with the flattened size found by a forward pass."""

import torch
from torch import nn


class VGG(nn.Module):
    def __init__(self, stages, hidden=(), in_channels=3, classes=10, image_size=(32, 32)):
        super().__init__()
        self.features = nn.Sequential()
        for convolutions, channels in stages:
            self.features.append(self.stage(in_channels, channels, convolutions))
            in_channels = channels
        with torch.no_grad():
            first = next(self.features.parameters())
            flat = self.features(torch.zeros(1, first.shape[1], *image_size)).numel()
        sizes = [flat, *hidden]
        self.dense = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, hidden, strict=False)])
        self.out = nn.Linear(sizes[-1], classes)

    def stage(self, in_channels, channels, convolutions):
        layers = []
        for number in range(convolutions):
            layers.append(nn.Conv2d(in_channels if number == 0 else channels, channels, 3, 1, 1))
            layers.append(nn.ReLU(inplace=True))
        return nn.Sequential(*layers, nn.MaxPool2d(kernel_size=2, stride=2))

    def forward(self, x):
        x = torch.flatten(self.features(x), start_dim=1)
        for layer in self.dense:
            x = torch.relu(layer(x))
        return self.out(x)
