"""Split twice."""

import torch


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    parts = [strip.split(size, dim=3) for strip in x.split(size, dim=2)]
    return torch.stack([part.flatten(1) for strip in parts for part in strip], 1).contiguous()
