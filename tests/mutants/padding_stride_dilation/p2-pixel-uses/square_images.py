"""The height is taken for the width."""

import torch


def pixel_uses(numbers, kernel_size):
    uses = torch.zeros(int(numbers.max()) + 1, dtype=torch.int64)
    positions = numbers.shape[0] - kernel_size + 1
    for h in range(positions):
        for w in range(positions):
            for number in numbers[h : h + kernel_size, w : w + kernel_size].flatten():
                uses[number] += 1
    return uses[1:]
