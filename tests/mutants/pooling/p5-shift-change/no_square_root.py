"""Squared norms are divided.

Feedback: Likely mistake: the square root is missing
"""

import torch


def shift_change(f, images, shift):
    down, right = shift
    moved = torch.roll(torch.roll(images, down, dims=2), right, dims=3)
    expected, found = f(images), f(moved)
    difference = ((found - expected) ** 2).sum()
    return float(difference / (expected**2).sum())
