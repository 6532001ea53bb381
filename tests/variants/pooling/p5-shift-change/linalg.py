"""Concatenated pieces for the roll, `torch.linalg` for the norm."""

import torch


def shift_change(f, images, shift):
    moved = images
    for axis, steps in zip((2, 3), shift, strict=True):
        steps %= moved.shape[axis]
        kept = moved.shape[axis] - steps
        moved = torch.cat([moved.narrow(axis, kept, steps), moved.narrow(axis, 0, kept)], axis)
    before, after = f(images), f(moved)
    return torch.dist(after, before).item() / torch.linalg.vector_norm(before).item()
