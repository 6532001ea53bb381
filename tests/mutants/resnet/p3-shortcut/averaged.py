"""Neighbors are averaged.

Feedback: Likely mistake: places are averaged; they should be kept or dropped
"""

import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    kept = F.avg_pool2d(x, stride, ceil_mode=True)
    return F.pad(kept, (0, 0, 0, 0, 0, channels - x.shape[1]))
