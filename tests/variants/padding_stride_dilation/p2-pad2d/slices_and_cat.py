"""Slices joined by `cat`, columns first."""

import torch


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    for dim, before, after in ((3, left, right), (2, top, bottom)):
        x = x.movedim(dim, -1)
        n = x.shape[-1]
        if mode == "zeros":
            zeros = torch.zeros_like(x)
            parts = [zeros[..., :before], x, zeros[..., :after]]
        elif mode == "replicate":
            parts = [x[..., :1]] * before + [x] + [x[..., -1:]] * after
        elif mode == "circular":
            parts = [x[..., n - before :], x, x[..., :after]]
        else:
            parts = [x[..., 1 : before + 1].flip(-1), x, x[..., n - 1 - after : n - 1].flip(-1)]
        x = torch.cat(parts, dim=-1).movedim(-1, dim)
    return x
