"""A convolution with unit kernels does it.

Feedback: conv2d
"""

import torch
import torch.nn.functional as F


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    C = x.shape[1]
    units = torch.eye(C * size * size, dtype=x.dtype).reshape(-1, C, size, size)
    return F.conv2d(x, units, stride=size).flatten(2).mT
