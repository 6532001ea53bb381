"""With `transposed_output_size`, among lines that many notebooks have."""

%matplotlib inline
import gc
import inspect

import torch
from torch.nn.modules.utils import _pair

torch.set_printoptions(precision=3)
torch.nn.functional.conv_transpose2d?


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    small = []
    for n, k, s, p, d in zip(size, *map(_pair, (kernel_size, stride, padding, dilation)), strict=True):
        small.append((n + 2 * p - d * (k - 1) - 1) // s + 1)
    back = transposed_output_size(small, kernel_size, stride, padding, dilation=dilation)
    gc.collect()
    return size[0] - back[0], size[1] - back[1]


print(list(inspect.signature(restoring_output_padding).parameters))
