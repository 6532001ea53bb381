"""`reshape` gives the right shape and mixes the channels.

Feedback: Likely mistake: the axes are reordered by reshape or view
"""

import torch


def unstandardize(x, mean, std):
    N, C, H, W = x.shape
    pixels = x * std[:, None, None] + mean[:, None, None]
    return pixels.round().clamp(0, 255).to(torch.uint8).reshape(N, H, W, C)
