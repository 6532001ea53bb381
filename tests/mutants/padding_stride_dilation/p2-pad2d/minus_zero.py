"""`x[..., -after:]` is the whole row where `after` is 0.

Feedback: returned shape
"""

import torch


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    for dim, before, after in ((3, left, right), (2, top, bottom)):
        x = x.movedim(dim, -1)
        zeros = torch.zeros_like(x)
        if mode == "zeros":
            parts = [zeros[..., :before], x, zeros[..., :after]]
        elif mode == "replicate":
            parts = [x[..., :1]] * before + [x] + [x[..., -1:]] * after
        elif mode == "circular":
            parts = [x[..., -before:], x, x[..., :after]]
        else:
            parts = [x[..., 1 : before + 1].flip(-1), x, x[..., -after - 1 : -1].flip(-1)]
        x = torch.cat(parts, dim=-1).movedim(-1, dim)
    return x
