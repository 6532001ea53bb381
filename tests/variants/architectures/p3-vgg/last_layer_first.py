"""The layer that comes last in `forward` is created first; the others are in lists, without stages."""

import torch.nn.functional as F
from torch import nn


class VGG(nn.Module):
    def __init__(self, stages, hidden=(), in_channels=3, classes=10, image_size=(32, 32)):
        super().__init__()
        height, width = (size >> len(stages) for size in image_size)
        sizes = [stages[-1][1] * height * width, *hidden]
        self.out = nn.Linear(sizes[-1], classes)
        self.hidden = nn.ModuleList([nn.Linear(*pair) for pair in zip(sizes, hidden, strict=False)])
        self.ends, widths = set(), []
        for convolutions, channels in stages:
            widths += [channels] * convolutions
            self.ends.add(len(widths))
        pairs = list(zip([in_channels, *widths], widths, strict=False))
        self.convs = nn.ModuleDict(
            {str(number): nn.Conv2d(*pairs[number - 1], 3, padding=1) for number in range(len(pairs), 0, -1)}
        )

    def forward(self, x):
        for number in range(1, len(self.convs) + 1):
            x = F.relu(self.convs[str(number)](x))
            if number in self.ends:
                x = F.max_pool2d(x, 2)
        x = x.flatten(1)
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.out(x)
