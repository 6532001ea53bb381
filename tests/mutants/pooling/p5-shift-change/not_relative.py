"""The change is not divided by the norm of f(x).

Feedback: Likely mistake: the change is not divided by the norm of f(x)
"""

import torch


def shift_change(f, images, shift):
    down, right = shift
    moved = torch.roll(torch.roll(images, down, dims=2), right, dims=3)
    expected, found = f(images), f(moved)
    difference = ((found - expected) ** 2).sum() ** 0.5
    return float(difference)
