"""All images share one gate.

Feedback: Likely mistake: the squeeze averages over the batch, too
"""

from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        inner = max(1, channels // reduction)
        self.reduce = nn.Linear(channels, inner)
        self.expand = nn.Linear(inner, channels)

    def forward(self, x):
        means = x.mean(dim=(0, 2, 3)).expand(len(x), -1)
        gates = self.expand(self.reduce(means).relu()).sigmoid()
        return x * gates[:, :, None, None]
