"""Each image has its own ratio; these are averaged.

Feedback: each image has its own ratio, and these are averaged
"""

import torch


def shift_change(f, images, shift):
    down, right = shift
    moved = torch.roll(torch.roll(images, down, dims=2), right, dims=3)
    expected, found = f(images), f(moved)
    differences = ((found - expected) ** 2).flatten(1).sum(1) ** 0.5
    return float((differences / (expected**2).flatten(1).sum(1) ** 0.5).mean())
