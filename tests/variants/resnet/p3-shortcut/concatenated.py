"""Pooling with a window of one place, then concatenation."""

import torch
import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    x = F.max_pool2d(x, 1, stride)
    more = torch.zeros(x.shape[0], channels - x.shape[1], *x.shape[2:], dtype=x.dtype)
    return torch.cat([x, more], dim=1)
