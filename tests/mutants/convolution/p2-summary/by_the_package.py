"""The package's functions give size and parameters.

Feedback: conv_output_size is called
"""

import cnnlib


def conv2d_summary(
    input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True
):
    def pair(value):
        return (value, value) if isinstance(value, int) else value

    in_channels, *size = input_shape
    options = zip(size, *map(pair, (kernel_size, stride, padding, dilation)), strict=True)
    height, width = (cnnlib.conv_output_size(n, k, s, p, d) for n, k, s, p, d in options)
    kernel_height, kernel_width = pair(kernel_size)
    weights = out_channels * (in_channels // groups) * kernel_height * kernel_width
    return (out_channels, height, width), weights + (out_channels if bias else 0)
