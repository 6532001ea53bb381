"""`F.fold` adds up the kernels.

Feedback: fold
"""

import torch
import torch.nn.functional as F


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    kh, kw = weight.shape[2:]
    H, W = (
        (s - 1) * stride + k - 2 * padding + output_padding
        for s, k in zip(input.shape[2:], (kh, kw), strict=True)
    )
    columns = torch.einsum("ncp,cok->nokp", input.flatten(2), weight.flatten(2)).flatten(1, 2)
    y = F.fold(columns, (H, W), (kh, kw), padding=padding, stride=stride)
    return y if bias is None else y + bias[:, None, None]
