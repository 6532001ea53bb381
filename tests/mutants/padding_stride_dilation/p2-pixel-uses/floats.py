"""The counts are floats.

Feedback: returned dtype float32, expected int64
"""

import torch


def pixel_uses(numbers, kernel_size):
    uses = torch.zeros(int(numbers.max()) + 1)
    for h in range(numbers.shape[0] - kernel_size + 1):
        for w in range(numbers.shape[1] - kernel_size + 1):
            for number in numbers[h : h + kernel_size, w : w + kernel_size].flatten():
                uses[number] += 1
    return uses[1:]
