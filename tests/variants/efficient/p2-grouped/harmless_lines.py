"""Harmless lines around a right answer."""

%matplotlib inline
import gc
import inspect

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.utils import _pair

!pip --version
torch.set_printoptions(precision=2, sci_mode=False)
torch.backends.cudnn.benchmark = True
gc.collect()
F.pad?


class Holder(nn.Module):
    """A helper that nobody needs."""

    def __init__(self):
        super().__init__()
        for i in range(2):
            setattr(self, f"conv{i}", getattr(nn, f"Conv{2}d")(1, 1, 1))


print(list(Holder().__dict__))


def grouped_conv2d(input, weight, groups, stride=1, padding=0):
    (vertical, horizontal), step = _pair(padding), _pair(stride)
    x = F.pad(input, (horizontal, horizontal, vertical, vertical))
    rows, columns = ((x.shape[axis] - weight.shape[axis]) // step[axis - 2] + 1 for axis in (2, 3))
    y = 0
    for i in range(weight.shape[2]):
        for j in range(weight.shape[3]):
            part = x[:, :, i : i + step[0] * rows : step[0], j : j + step[1] * columns : step[1]]
            part = part[:, :, :rows, :columns].reshape(len(x), groups, -1, rows * columns)
            y = y + weight[:, :, i, j].reshape(groups, -1, weight.shape[1]) @ part
    return y.reshape(len(x), len(weight), rows, columns)


print(inspect.signature(grouped_conv2d))
