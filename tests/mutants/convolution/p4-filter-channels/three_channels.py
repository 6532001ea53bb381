"""Images are taken to have three channels.

Feedback: filter_channels raised
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    channels = 3
    weight = kernel.expand(channels, 1, *kernel.shape)
    padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(images, weight, padding=padding, groups=channels)
