"""The forbidden call.

Feedback: unfold
"""

import torch.nn.functional as F


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    return F.unfold(x, size, stride=size).mT
