"""The kernel's height decides the padding on all four sides.

Feedback: Likely mistake: the kernel's height decides the padding
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    channels = images.shape[1]
    weight = kernel.expand(channels, 1, *kernel.shape)
    padding = kernel.shape[0] // 2
    return F.conv2d(images, weight, padding=padding, groups=channels)
