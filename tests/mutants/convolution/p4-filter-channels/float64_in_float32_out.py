"""The result is float32, whatever the images are.

Feedback: returned dtype float32, expected float64
"""

import torch.nn.functional as F


def filter_channels(images, kernel):
    channels = images.shape[1]
    weight = kernel.expand(channels, 1, *kernel.shape)
    padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(images, weight, padding=padding, groups=channels).float()
