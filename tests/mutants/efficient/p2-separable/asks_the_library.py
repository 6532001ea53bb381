"""PyTorch's two layers.

Feedback: conv2d
"""

from torch.nn import functional


def separable_conv2d(input, depthwise, pointwise, stride=1, padding=0):
    y = functional.conv2d(input, depthwise, stride=stride, padding=padding, groups=len(depthwise))
    return functional.conv2d(y, pointwise)
