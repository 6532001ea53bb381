"""The function is compiled, by the backend that needs no C++, and uses PyTorch's helper for pairs."""

import torch
from torch.nn.modules.utils import _pair


@torch.compile(backend="eager")
def transposed_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    sides = []
    for axis in range(2):
        k, s, p, extra, d = (
            _pair(value)[axis] for value in (kernel_size, stride, padding, output_padding, dilation)
        )
        sides.append((size[axis] - 1) * s + d * (k - 1) + 1 - 2 * p + extra)
    return tuple(sides)
