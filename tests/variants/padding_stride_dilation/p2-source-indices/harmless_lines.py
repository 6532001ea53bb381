"""Help about what is forbidden, which is not called, and functions found by name."""

!nvidia-smi || true
%matplotlib inline
import gc

import numpy as np
import torch.nn.functional as F

F.pad?
np.pad?


def zeros(i, size):
    return i if 0 <= i < size else None


def reflect(i, size):
    return size - 1 - abs(size - 1 - abs(i))


def replicate(i, size):
    return sorted([0, i, size - 1])[1]


def circular(i, size):
    return i % size


def source_indices(size, before, after, mode):
    gc.collect()
    rule = globals()[mode]
    return [rule(i, size) for i in range(-before, size + after)]
