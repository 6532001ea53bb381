"""The numbers are made to count from 0, in place.

Feedback: changed its argument in place
"""

import torch


def pixel_uses(numbers, kernel_size):
    numbers -= 1
    windows = numbers.unfold(0, kernel_size, 1).unfold(1, kernel_size, 1).flatten()
    return torch.bincount(windows[windows >= 0], minlength=int(numbers.max()) + 1)
