"""The shift is read as (right, down).

Feedback: Likely mistake: rows and columns are exchanged
"""

import torch


def shift_change(f, images, shift):
    right, down = shift
    moved = torch.roll(torch.roll(images, down, dims=2), right, dims=3)
    expected, found = f(images), f(moved)
    difference = ((found - expected) ** 2).sum() ** 0.5
    return float(difference / (expected**2).sum() ** 0.5)
