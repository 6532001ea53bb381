"""The zeros are float32 whatever the input is.

Feedback: returned dtype float32, expected float64
"""

import torch


def zero_pad_shortcut(x, channels, stride=1):
    N, C, H, W = x.shape
    y = torch.zeros(N, channels, -(-H // stride), -(-W // stride))
    y[:, :C] = x[:, :, ::stride, ::stride]
    return y
