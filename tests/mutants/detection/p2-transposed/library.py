"""PyTorch's own function.

Feedback: conv_transpose2d
"""

import torch.nn.functional as F


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    return F.conv_transpose2d(input, weight, bias, stride, padding, output_padding)
