"""The kernels of the text are typed in; any other is taken for the larger one."""

import torch
import torch.nn.functional as F


def blur_pool2d(input, kernel_size=3, stride=2):
    numbers = [1.0, 2.0, 1.0] if kernel_size == 3 else [1.0, 4.0, 6.0, 4.0, 1.0]
    row = torch.tensor(numbers, dtype=input.dtype)
    kernel = row[:, None] * row
    kernel = kernel / kernel.sum()
    x = F.pad(input, (kernel_size // 2,) * 4, mode="circular")
    maps = [F.conv2d(channel, kernel[None, None], stride=stride) for channel in x.split(1, dim=1)]
    return torch.cat(maps, dim=1)
