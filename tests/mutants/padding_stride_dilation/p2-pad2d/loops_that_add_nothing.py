"""Concatenates only where there is something to add, so that the input itself may come out.

Feedback: returned its argument itself
"""

import torch


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    for dim, before, after in ((2, top, bottom), (3, left, right)):
        size = x.shape[dim]
        parts = [x]
        for i in range(1, before + 1):
            source = {"reflect": i, "replicate": 0, "circular": size - i}.get(mode)
            part = x.narrow(dim, source or 0, 1)
            parts.insert(0, torch.zeros_like(part) if mode == "zeros" else part)
        for i in range(after):
            source = {"reflect": size - 2 - i, "replicate": size - 1, "circular": i}.get(mode)
            part = x.narrow(dim, source or 0, 1)
            parts.append(torch.zeros_like(part) if mode == "zeros" else part)
        if len(parts) > 1:
            x = torch.cat(parts, dim)
    return x
