"""A float32 weight meets images in float64.

Feedback: filter_channels raised RuntimeError
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    channels = images.shape[1]
    weight = kernel.float().expand(channels, 1, *kernel.shape)
    padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(images, weight, padding=padding, groups=channels)
