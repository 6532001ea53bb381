"""One window after the other is flattened, then all are stacked."""

import torch


def im2col(input, kernel_size, stride=1, padding=0):
    N, C, H, W = input.shape
    x = input.new_zeros(N, C, H + 2 * padding, W + 2 * padding)
    x[:, :, padding : padding + H, padding : padding + W] = input
    kh, kw = kernel_size
    columns = []
    for top in range(0, x.shape[2] - kh + 1, stride):
        for left in range(0, x.shape[3] - kw + 1, stride):
            columns.append(x[:, :, top : top + kh, left : left + kw].flatten(1))
    return torch.stack(columns, dim=2)
