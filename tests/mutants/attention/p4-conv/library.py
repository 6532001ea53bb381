"""The forbidden call.

Feedback: conv2d
"""

import torch.nn.functional as F


def convolution_by_heads(x, weight):
    """A convolution with zero padding, written as one head for each place of the kernel.

    x : Tensor, shape (N, C_in, H, W)
    weight : Tensor, shape (C_out, C_in, K, K), K odd
    returns : Tensor, shape (N, C_out, H, W)
    """
    return F.conv2d(x, weight, padding=weight.shape[-1] // 2)
