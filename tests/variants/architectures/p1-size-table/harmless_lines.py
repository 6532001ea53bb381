"""What notebooks contain that is no part of an answer."""

!pip --version
%matplotlib inline
import gc
import inspect

import torch
from torch.nn.modules.utils import _pair

torch.backends.cudnn.benchmark = True
torch.set_printoptions(precision=3, sci_mode=False)
%config InlineBackend.figure_formats = ["png"]
gc.collect()


@torch.compile
def never_called(x):
    return x + 1


def size_table(input_shape, layers):
    shape, rows = tuple(input_shape), []
    for kind, *numbers in layers:
        parameters = macs = 0
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            weights = kernel_size * kernel_size * shape[0]
            kernel, steps, pads = _pair(kernel_size), _pair(stride), _pair(padding)
            places = [(size + 2 * p - k) // s + 1 for size, k, s, p in zip(shape[1:], kernel, steps, pads, strict=True)]
            parameters = channels * (weights + 1)
            macs = channels * places[0] * places[1] * weights
            shape = (channels, *places)
        elif kind == "pool":
            kernel_size, stride = numbers
            shape = (shape[0], *[(size - kernel_size) // stride + 1 for size in shape[1:]])
        elif kind == "global":
            shape = (shape[0],)
        else:
            features = 1
            for size in shape:
                features *= size
            macs = features * numbers[0]
            parameters = macs + numbers[0]
            shape = (numbers[0],)
        rows.append((shape, parameters, macs))
    return rows


print(inspect.signature(size_table))
torch.nn.functional.pad?
