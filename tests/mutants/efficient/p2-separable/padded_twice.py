"""The pointwise step is padded, too.

Feedback: Likely mistake: the padding is used in the pointwise convolution, too
"""

import torch
import torch.nn.functional as F


def separable_conv2d(input, depthwise, pointwise, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    kh, kw = depthwise.shape[2:]
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    filtered = torch.einsum("nchwij,cij->nchw", windows, depthwise[:, 0])
    return torch.einsum("nchw,oc->nohw", F.pad(filtered, [padding] * 4), pointwise[:, :, 0, 0])
