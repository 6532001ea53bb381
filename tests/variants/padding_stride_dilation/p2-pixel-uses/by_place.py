"""How many windows cover each place, added up over the places of a pixel."""

import torch


def pixel_uses(numbers, kernel_size):
    H, W = numbers.shape
    cover = torch.zeros(H, W, dtype=torch.int64)
    for h in range(H - kernel_size + 1):
        for w in range(W - kernel_size + 1):
            cover[h : h + kernel_size, w : w + kernel_size] += 1
    return torch.stack([cover[numbers == n].sum() for n in range(1, int(numbers.max()) + 1)])
