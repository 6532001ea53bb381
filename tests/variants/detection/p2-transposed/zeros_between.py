"""Zeros between the values, then a convolution with the flipped kernel, by windows."""

import torch
import torch.nn.functional as F


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    N, C, H, W = input.shape
    kh, kw = weight.shape[2:]
    apart = input.new_zeros(N, C, (H - 1) * stride + 1, (W - 1) * stride + 1)
    apart[:, :, ::stride, ::stride] = input
    more = output_padding
    wide = F.pad(apart, (kw - 1, kw - 1 + more, kh - 1, kh - 1 + more))
    windows = wide.unfold(2, kh, 1).unfold(3, kw, 1)
    y = torch.einsum("nchwij,coij->nohw", windows, weight.flip(2, 3))
    y = y[:, :, padding:, padding:]
    y = y[:, :, : y.shape[2] - padding, : y.shape[3] - padding]
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)
