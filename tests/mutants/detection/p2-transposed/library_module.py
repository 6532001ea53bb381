"""PyTorch's own layer.

Feedback: conv_transpose2d
"""

from torch import nn


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    C, channels, *kernel = weight.shape
    layer = nn.ConvTranspose2d(C, channels, kernel, stride, padding, output_padding, bias=bias is not None)
    layer.to(input.dtype).weight.data = weight
    if bias is not None:
        layer.bias.data = bias
    return layer(input).detach()
