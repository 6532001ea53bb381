"""Pairs are NumPy's arrays, and so are the results' numbers."""

import numpy as np


def conv2d_summary(
    input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True
):
    kernel, stride, padding, dilation = (
        np.broadcast_to(value, 2) for value in (kernel_size, stride, padding, dilation)
    )
    size = (np.array(input_shape[1:]) + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    weights = out_channels * input_shape[0] // groups * kernel.prod()
    return (out_channels, *size), weights + bias * out_channels
