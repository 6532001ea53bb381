"""One tensor for both ends."""

import torch


def wilson(correct, total):
    n, p, z = float(total), correct / total, 1.96
    sign = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    root = (p * (1 - p) / n + (z / (2 * n)) ** 2) ** 0.5
    ends = (p + z**2 / (2 * n) + sign * z * root) * n / (n + z**2)
    return tuple(ends.tolist())
