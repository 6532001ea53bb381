"""The columns are all kept.

Feedback: Likely mistake: only the rows have the stride
"""

import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    kept = x[:, :, ::stride]
    return F.pad(kept, (0, 0, 0, 0, 0, channels - x.shape[1]))
