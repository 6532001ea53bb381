"""All windows as columns by `F.unfold`, after padding by hand."""

import torch
import torch.nn.functional as F


def max_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False):
    def pair(value):
        return list(value) if isinstance(value, (tuple, list)) else [value, value]

    kernel, step, pad = pair(kernel_size), pair(stride or kernel_size), pair(padding)
    widths, out = [], []
    for size, k, s, p in zip(input.shape[2:], kernel, step, pad, strict=True):
        room = size + 2 * p - k
        number = room // s + 1
        if ceil_mode and room % s and number * s < size + p:
            number += 1
        out.append(number)
        widths.append([p, (number - 1) * s + k - size - p])  # negative: crop
    x = F.pad(input, widths[1] + widths[0], value=-torch.inf)
    columns = F.unfold(x.flatten(0, 1).unsqueeze(1), kernel, stride=step)
    return columns.amax(dim=1).reshape(*input.shape[:2], *out)
