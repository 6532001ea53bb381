"""A group takes every so-manieth channel.

Feedback: Likely mistake: a group takes every so-manieth channel
"""

import torch
import torch.nn.functional as F


def grouped_conv2d(input, weight, groups, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    kh, kw = weight.shape[2:]
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    windows = windows.unflatten(1, (-1, groups)).transpose(1, 2)
    filters = weight.unflatten(0, (groups, -1))
    return torch.einsum("ngchwij,gocij->ngohw", windows, filters).flatten(1, 2)
