"""The method `Tensor.unfold` gives a view of all windows."""

import torch.nn.functional as F


def im2col(input, kernel_size, stride=1, padding=0):
    x = F.pad(input, (padding, padding, padding, padding))
    windows = x.unfold(2, kernel_size[0], stride).unfold(3, kernel_size[1], stride)
    return windows.permute(0, 1, 4, 5, 2, 3).flatten(1, 3).flatten(2)
