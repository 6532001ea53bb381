"""PyTorch is asked for the same size."""

import torch.nn.functional as F


def filter_channels(images, kernel):
    weight = kernel.repeat(images.shape[1], 1, 1, 1)
    return F.conv2d(images, weight, padding="same", groups=images.shape[1])
