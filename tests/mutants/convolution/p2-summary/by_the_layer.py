"""The library's layer does the work.

Feedback: the library's conv2d is called
"""

import torch
from torch import nn


def conv2d_summary(
    input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True
):
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "bias": bias}
    layer = nn.Conv2d(input_shape[0], out_channels, kernel_size, **options)
    output = layer(torch.zeros(1, *input_shape))
    return tuple(output.shape[1:]), sum(parameter.numel() for parameter in layer.parameters())
