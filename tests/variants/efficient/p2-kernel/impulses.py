"""The kernel is what the layers give for a single one, flipped."""

import torch


def full_kernel(depthwise, pointwise):
    kernel = torch.zeros(len(pointwise), len(depthwise), *depthwise.shape[2:], dtype=depthwise.dtype)
    for o in range(len(pointwise)):
        for c in range(len(depthwise)):
            kernel[o, c] = pointwise[o, c, 0, 0] * depthwise[c, 0]
    return kernel
