"""Windows by loops, and a Counter."""

from collections import Counter

import torch


def pixel_uses(numbers, kernel_size):
    H, W = numbers.shape
    counter = Counter()
    for h in range(H - kernel_size + 1):
        for w in range(W - kernel_size + 1):
            counter.update(numbers[h : h + kernel_size, w : w + kernel_size].flatten().tolist())
    return torch.tensor([counter[n] for n in range(1, max(counter) + 1)])
