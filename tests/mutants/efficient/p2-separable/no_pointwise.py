"""The pointwise step is missing.

Feedback: Likely mistake: the pointwise convolution is missing
"""

import torch
import torch.nn.functional as F


def separable_conv2d(input, depthwise, pointwise, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    kh, kw = depthwise.shape[2:]
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwij,cij->nchw", windows, depthwise[:, 0])
