"""The gradient ends at `.data`.

Feedback: Likely mistake: no gradient reaches the input
"""

import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    kept = x.data[:, :, ::stride, ::stride]
    return F.pad(kept, (0, 0, 0, 0, 0, channels - x.shape[1]))
