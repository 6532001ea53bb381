"""Slices instead of a convolution, and `hypot`."""

import torch


def gradient_magnitude(images):
    across = images[..., 2:] - images[..., :-2]
    along = images[:, :, 2:] - images[:, :, :-2]
    gx = across[:, :, :-2] + 2 * across[:, :, 1:-1] + across[:, :, 2:]
    gy = along[..., :-2] + 2 * along[..., 1:-1] + along[..., 2:]
    return torch.hypot(gx, gy)
