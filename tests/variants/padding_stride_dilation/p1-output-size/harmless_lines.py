"""Lines that many notebooks have, and a subclass of the error."""

!pip --version
%matplotlib inline

import gc
import inspect

import torch
import torch.nn.functional as F
from torch.nn.modules.utils import _pair

torch.backends.cudnn.benchmark = True
torch.set_printoptions(precision=4, sci_mode=False)
F.pad?


class DoesNotFitError(ValueError):
    """The window is larger than the padded image."""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    sides = []
    for n, k, s, p, d in zip(size, *map(_pair, (kernel_size, stride, padding, dilation))):
        positions = n + 2 * p - d * (k - 1)
        if positions < 1:
            raise DoesNotFitError(f"a window of {k} on {n} pixels")
        sides.append(-(-positions // s))
    gc.collect()
    return tuple(sides)


list(inspect.signature(output_size).parameters)
