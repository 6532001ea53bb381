"""The kernel is flipped in place, and not back again.

Feedback: changed its argument in place
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    kernel.copy_(kernel.flip(0, 1))
    channels = images.shape[1]
    weight = kernel.flip(0, 1).expand(channels, 1, *kernel.shape)
    padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(images, weight, padding=padding, groups=channels)
