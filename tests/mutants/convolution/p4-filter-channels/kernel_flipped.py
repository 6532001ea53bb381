"""The kernel is rotated by 180 degrees.

Feedback: Likely mistake: the kernel is flipped
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    channels = images.shape[1]
    weight = kernel.flip(0, 1).expand(channels, 1, *kernel.shape)
    padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(images, weight, padding=padding, groups=channels)
