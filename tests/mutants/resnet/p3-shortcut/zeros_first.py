"""The zeros come before the channels.

Feedback: Likely mistake: the zeros come before the channels of x, not after them
"""

import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    kept = x[:, :, ::stride, ::stride]
    return F.pad(kept, (0, 0, 0, 0, channels - x.shape[1], 0))
