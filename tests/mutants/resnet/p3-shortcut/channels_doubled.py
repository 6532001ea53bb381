"""The channels are always doubled."""

import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    kept = x[:, :, ::stride, ::stride]
    return F.pad(kept, (0, 0, 0, 0, 0, x.shape[1]))
