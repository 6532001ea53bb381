"""PyTorch's own groups.

Feedback: the library's conv2d is called
"""

import torch.nn.functional as F


def grouped_conv2d(input, weight, groups, stride=1, padding=0):
    return F.conv2d(input, weight, None, stride, padding, 1, groups)
