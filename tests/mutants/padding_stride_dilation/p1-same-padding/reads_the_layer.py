"""A layer of PyTorch knows the amounts.

Feedback: the library's torch.nn.Conv2d is called
"""

from torch import nn


def same_padding(kernel_size, dilation=1):
    layer = nn.Conv2d(1, 1, kernel_size, padding="same", dilation=dilation)
    return tuple(layer._reversed_padding_repeated_twice)
