"""The window stops one place too early in each direction.

Feedback: Likely mistake: the last row and the last column of windows are missing
"""

import torch


def pixel_uses(numbers, kernel_size):
    uses = torch.zeros(int(numbers.max()) + 1, dtype=torch.int64)
    for h in range(numbers.shape[0] - kernel_size):
        for w in range(numbers.shape[1] - kernel_size):
            for number in numbers[h : h + kernel_size, w : w + kernel_size].flatten():
                uses[number] += 1
    return uses[1:]
