"""The amounts are read in the order of the axes, (top, bottom, left, right).

Feedback: Likely mistake: the amounts are read as (top, bottom, left, right)
"""

import torch


def rule(mode, i, size):
    if mode == "reflect":
        return abs(i) if i < size else 2 * (size - 1) - i
    return i % size if mode == "circular" else min(max(i, 0), size - 1)


def pad2d(x, amounts, mode="zeros"):
    top, bottom, left, right = amounts
    for dim, before, after in ((2, top, bottom), (3, left, right)):
        size = x.shape[dim]
        places = range(-before, size + after)
        x = x.index_select(dim, torch.tensor([rule(mode, i, size) for i in places]))
        if mode == "zeros":
            shape = (-1, 1) if dim == 2 else (-1,)
            x = x * torch.tensor([0 <= i < size for i in places]).reshape(shape)
    return x
