"""It is tried with two random inputs, by the formulas."""

import torch


def always_zero(norm, shape, training, num_groups):
    x = torch.randn(*shape, dtype=torch.float64)
    if norm == "batch" and not training:
        return False
    N, C, H, W = shape
    axes = {"batch": (0, 2, 3), "layer": (1, 2, 3), "group": (2, 3, 4), "instance": (2, 3)}[norm]
    if norm == "group":
        x = x.reshape(N, num_groups, C // num_groups, H, W)
    return bool(torch.all(x - x.mean(dim=axes, keepdim=True) == 0))
