"""Reshaped statistics, half added before the fraction is cut off, and the axes moved at the end."""

import torch


def unstandardize(x, mean, std):
    pixels = x * std.view(1, -1, 1, 1) + mean.view(1, -1, 1, 1)
    pixels = torch.floor(pixels + 0.5)
    pixels = torch.minimum(torch.maximum(pixels, torch.zeros(())), torch.tensor(255.0))
    return pixels.byte().movedim(1, -1)
