"""The images themselves are shifted.

Feedback: changed its argument in place
"""

import torch


def shift_change(f, images, shift):
    expected = f(images)
    images.copy_(torch.roll(images, shift, dims=(2, 3)))
    difference = ((f(images) - expected) ** 2).sum() ** 0.5
    return float(difference / (expected**2).sum() ** 0.5)
