"""Takes every stride for 2, except 1.

Feedback: Likely mistake: every stride above 1 is taken for 2
"""

import torch.nn.functional as F


def zero_pad_shortcut(x, channels, stride=1):
    kept = x if stride == 1 else x[:, :, ::2, ::2]
    return F.pad(kept, (0, 0, 0, 0, 0, channels - x.shape[1]))
