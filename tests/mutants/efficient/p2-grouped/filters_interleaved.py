"""Filter o belongs to group o % groups.

Feedback: Likely mistake: output channel o reads group o % groups
"""

import torch
import torch.nn.functional as F


def grouped_conv2d(input, weight, groups, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    kh, kw = weight.shape[2:]
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    windows = windows.unflatten(1, (groups, -1))
    filters = weight.unflatten(0, (-1, groups)).transpose(0, 1)
    return torch.einsum("ngchwij,gocij->noghw", windows, filters).flatten(1, 2)
