"""A ReLU stands between the two.

Feedback: Likely mistake: there is an activation between the two convolutions
"""

import torch
import torch.nn.functional as F


def separable_conv2d(input, depthwise, pointwise, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    kh, kw = depthwise.shape[2:]
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    filtered = torch.einsum("nchwij,cij->nchw", windows, depthwise[:, 0])
    return torch.einsum("nchw,oc->nohw", filtered.relu(), pointwise[:, :, 0, 0])
