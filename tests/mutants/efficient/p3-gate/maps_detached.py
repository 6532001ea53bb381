"""No gradient passes through the maps."""

from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        inner = max(1, channels // reduction)
        self.reduce = nn.Linear(channels, inner)
        self.expand = nn.Linear(inner, channels)

    def forward(self, x):
        means = x.mean(dim=(2, 3))
        gates = self.expand(self.reduce(means).relu()).sigmoid()
        return x.detach() * gates[:, :, None, None]
