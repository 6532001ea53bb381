"""The operator behind PyTorch's function."""

import torch


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    one = [1, 1]
    return torch.ops.aten.convolution(
        input, weight, bias, [stride] * 2, [padding] * 2, one, True, [output_padding] * 2, 1
    )
