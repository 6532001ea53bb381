"""Makes zeros for a batch of one.

Feedback: raised RuntimeError (Sizes of tensors must match
"""

import torch


def zero_pad_shortcut(x, channels, stride=1):
    kept = x[:, :, ::stride, ::stride]
    zeros = torch.zeros(1, channels - x.shape[1], *kept.shape[2:], dtype=x.dtype)
    return torch.cat([kept, zeros], 1)
