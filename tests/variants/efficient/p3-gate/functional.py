"""Functions, an einsum, and a helper in a loop with computed names."""

import torch
import torch.nn.functional as F
from torch import nn


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction=4):
        super().__init__()
        sizes = (channels, max(channels // reduction, 1), channels)
        for i in range(2):
            setattr(self, f"dense{i}", nn.Linear(sizes[i], sizes[i + 1]))

    def forward(self, x):
        N, C, H, W = x.shape
        s = x.reshape(N, C, H * W).sum(-1) / (H * W)
        s = F.relu(self.dense0(s), inplace=True)
        return torch.einsum("nchw,nc->nchw", x, torch.sigmoid(self.dense1(s)))
