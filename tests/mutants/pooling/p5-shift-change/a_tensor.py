"""The number is a tensor.

Feedback: `.item()` makes a number of it
"""

import torch


def shift_change(f, images, shift):
    down, right = shift
    moved = torch.roll(torch.roll(images, down, dims=2), right, dims=3)
    expected, found = f(images), f(moved)
    difference = ((found - expected) ** 2).sum() ** 0.5
    return difference / (expected**2).sum() ** 0.5
