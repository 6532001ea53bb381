"""By the numbers of the pixels; with shell lines, help and introspection."""

!ls > /dev/null
%pwd

import inspect

import torch
import torch.nn.functional as F


def im2col(input, kernel_size, stride=1, padding=0):
    x = F.pad(input, [padding] * 4)
    numbers = torch.arange(x[0, 0].numel()).view(x.shape[2:])
    numbers = numbers.unfold(0, kernel_size[0], stride).unfold(1, kernel_size[1], stride)
    numbers = numbers.flatten(0, 1).flatten(1).T
    return x.flatten(2)[:, :, numbers].flatten(1, 2)


inspect.getsource(F.pad)
im2col.__dict__
