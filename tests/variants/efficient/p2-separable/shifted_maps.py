"""The sum of shifted maps, each multiplied by one weight of every kernel; the mixing is a matrix product."""

import torch
import torch.nn.functional as F


def separable_conv2d(input, depthwise, pointwise, stride=1, padding=0):
    x = F.pad(input, (padding, padding, padding, padding))
    kh, kw = depthwise.shape[-2:]
    rows, columns = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    y = torch.zeros(*x.shape[:2], rows, columns, dtype=x.dtype)
    for i in range(kh):
        for j in range(kw):
            y += depthwise[None, :, 0, i, j, None, None] * x[:, :, i : i + rows, j : j + columns]
    y = y[:, :, ::stride, ::stride]
    return (pointwise.flatten(1) @ y.flatten(2)).reshape(len(y), len(pointwise), *y.shape[2:])
