"""The new tensor is of PyTorch's usual type, whatever that of the images is.

Feedback: returned dtype float32, expected
"""

import torch


def rule(mode, i, size):
    if mode == "reflect":
        return abs(i) if i < size else 2 * (size - 1) - i
    return i % size if mode == "circular" else min(max(i, 0), size - 1)


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    N, C, H, W = x.shape
    y = torch.zeros(N, C, top + H + bottom, left + W + right)
    for h in range(-top, H + bottom):
        for w in range(-left, W + right):
            if mode != "zeros" or (0 <= h < H and 0 <= w < W):
                y[:, :, h + top, w + left] = x[:, :, rule(mode, h, H), rule(mode, w, W)]
    return y
