"""The height is taken for the width.

Feedback: returned
"""

import torch


def rule(mode, i, size):
    if mode == "reflect":
        return abs(i) if i < size else 2 * (size - 1) - i
    return i % size if mode == "circular" else min(max(i, 0), size - 1)


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    for dim, before, after in ((2, top, bottom), (3, left, right)):
        size = x.shape[2] if dim == 2 else min(x.shape[3], x.shape[2] - top - bottom)
        places = range(-before, size + after)
        x = x.index_select(dim, torch.tensor([rule(mode, i, size) for i in places]))
        if mode == "zeros":
            shape = (-1, 1) if dim == 2 else (-1,)
            x = x * torch.tensor([0 <= i < size for i in places]).reshape(shape)
    return x
