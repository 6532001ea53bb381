"""Harmless lines around a loop over the input's positions."""

import torch
import torch.nn.functional as F


%matplotlib inline
import gc
import inspect

from torch.nn.modules.utils import _pair

!pip --version
torch.set_printoptions(precision=2, sci_mode=False)
torch.backends.cudnn.benchmark = True
gc.collect()
F.pad?


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    (sh, sw), (ph, pw), (oh, ow) = _pair(stride), _pair(padding), _pair(output_padding)
    (H, W), (kh, kw) = input.shape[2:], weight.shape[2:]
    y = torch.zeros(len(input), weight.shape[1], (H - 1) * sh + kh + oh, (W - 1) * sw + kw + ow, dtype=input.dtype)
    for i in range(H):
        for j in range(W):
            laid = (input[:, :, None, i, j, None, None] * weight[None]).sum(1)
            y[..., i * sh : i * sh + kh, j * sw : j * sw + kw] += laid
    if bias is not None:
        y += bias[None, :, None, None]
    return y[..., ph : y.shape[2] - ph, pw : y.shape[3] - pw]


print(inspect.signature(conv_transpose2d))
