"""What is too large for an int wraps around before it is cut off.

Feedback: Likely mistake: large values wrap around as integers
"""

import torch


def unstandardize(x, mean, std):
    pixels = x.permute(0, 2, 3, 1) * std + mean
    return pixels.round().to(torch.int32).clamp(0, 255).to(torch.uint8)
