"""Only the first image of a batch is filtered.

Feedback: Likely mistake: only the first image is filtered
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    channels = images.shape[1]
    weight = kernel.expand(channels, 1, *kernel.shape)
    padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(images[:1], weight, padding=padding, groups=channels)
