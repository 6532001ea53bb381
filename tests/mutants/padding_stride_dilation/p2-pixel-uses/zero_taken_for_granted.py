"""The first of the counted numbers is dropped, as if there always were a 0."""

import torch


def pixel_uses(numbers, kernel_size):
    windows = numbers.unfold(0, kernel_size, 1).unfold(1, kernel_size, 1)
    return torch.unique(windows.flatten(), return_counts=True)[1][1:]
