"""nn.Sequential with a small module."""

from torch import nn


def patch_embedding(channels, size, dim):
    """Return a module that makes a token of each patch, with one convolution.

    channels, size, dim : int
    returns : nn.Module that maps (N, channels, H, W) to (N, L, dim)
    """

    class Tokens(nn.Module):
        def forward(self, x):
            n, d, h, w = x.shape
            return x.permute(0, 2, 3, 1).reshape(n, h * w, d)

    return nn.Sequential(nn.Conv2d(channels, dim, kernel_size=(size, size), stride=(size, size)), Tokens())
