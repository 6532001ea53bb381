"""All weights are equal.

Feedback: Likely mistake: all weights are equal; they are binomial
"""

import torch
import torch.nn.functional as F


def blur_pool2d(input, kernel_size=3, stride=2):
    row = torch.tensor([1.0 for i in range(kernel_size)])
    kernel = row[:, None] * row
    kernel = kernel / kernel.sum()
    x = F.pad(input, (kernel_size // 2,) * 4, mode="circular")
    maps = [F.conv2d(channel, kernel[None, None], stride=stride) for channel in x.split(1, dim=1)]
    return torch.cat(maps, dim=1)
