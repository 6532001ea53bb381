"""What lies there already is overwritten."""

import torch


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    (N, _, H, W), (_, channels, kh, kw) = input.shape, weight.shape
    rows = (H - 1) * stride + kh + output_padding
    columns = (W - 1) * stride + kw + output_padding
    y = input.new_zeros(N, channels, rows, columns)
    for i in range(kh):
        for j in range(kw):
            part = torch.einsum("nchw,co->nohw", input, weight[:, :, i, j])
            y[:, :, i : i + (H - 1) * stride + 1 : stride, j : j + (W - 1) * stride + 1 : stride] = part
    y = y[:, :, padding : rows - padding, padding : columns - padding]
    return y if bias is None else y + bias[:, None, None]
