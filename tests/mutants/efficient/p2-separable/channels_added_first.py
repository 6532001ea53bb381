"""The depthwise step adds the channels up.

Feedback: Likely mistake: the depthwise convolution adds up the channels
"""

import torch
import torch.nn.functional as F


def separable_conv2d(input, depthwise, pointwise, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    kh, kw = depthwise.shape[2:]
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    filtered = torch.einsum("nchwij,cij->nhw", windows, depthwise[:, 0])[:, None].expand(
        -1, len(depthwise), -1, -1
    )
    return torch.einsum("nchw,oc->nohw", filtered, pointwise[:, :, 0, 0])
