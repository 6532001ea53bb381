"""The standardized images are overwritten.

Feedback: changed its argument in place
"""

import torch


def unstandardize(x, mean, std):
    x *= std[:, None, None]
    x += mean[:, None, None]
    return x.round().clamp(0, 255).permute(0, 2, 3, 1).to(torch.uint8)
