"""Helpers copied from PyTorch's sources, and print settings."""

import math
import warnings

import torch
from torch.nn.modules.utils import _pair

warnings.filterwarnings("ignore")
torch.set_printoptions(precision=3)
!python --version
%timeit -n 1 -r 1 math.floor(2.5)


def conv2d_summary(
    input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True
):
    kernel_size, stride, padding, dilation = map(_pair, (kernel_size, stride, padding, dilation))
    size = [
        math.floor((input_shape[1 + i] + 2 * padding[i] - dilation[i] * (kernel_size[i] - 1) - 1) / stride[i] + 1)
        for i in range(2)
    ]
    parameters = out_channels * (input_shape[0] // groups) * math.prod(kernel_size)
    if bias:
        parameters += out_channels
    return (out_channels, *size), parameters


conv2d_summary.__dict__
