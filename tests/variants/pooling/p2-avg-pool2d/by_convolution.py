"""Sums and counts are convolutions with ones, of the input and of a mask."""

import torch
import torch.nn.functional as F


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    def pair(value):
        return value if isinstance(value, tuple) else (value, value)

    kernel, pad = pair(kernel_size), pair(padding)
    step = kernel if stride is None else pair(stride)
    sides = (pad[1], pad[1], pad[0], pad[0])
    mask = F.pad(torch.ones(1, 1, *input.shape[2:], dtype=input.dtype), sides, value=float(count_include_pad))
    x = F.pad(input.flatten(0, 1).unsqueeze(1), sides)
    reach, out = [], []
    for axis in (0, 1):
        size = x.shape[2 + axis]
        number = (size - kernel[axis]) // step[axis] + 1
        if ceil_mode and (size - kernel[axis]) % step[axis] and number * step[axis] < size - pad[axis]:
            number += 1
        out.append(number)
        reach.append(max((number - 1) * step[axis] + kernel[axis] - size, 0))
    x, mask = (F.pad(tensor, (0, reach[1], 0, reach[0])) for tensor in (x, mask))
    ones = torch.ones(1, 1, *kernel, dtype=input.dtype)
    mean = F.conv2d(x, ones, stride=step) / F.conv2d(mask, ones, stride=step)
    return mean.reshape(*input.shape[:2], *out)
