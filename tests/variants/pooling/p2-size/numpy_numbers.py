"""The result is NumPy's integer."""

import numpy as np


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = kernel_size if stride is None else stride
    starts = np.int64(size + 2 * padding - kernel_size) / stride
    if not ceil_mode:
        return np.floor(starts).astype(int) + 1
    windows = np.ceil(starts).astype(int) + 1
    return np.where((windows - 1) * stride >= size + padding, windows - 1, windows)[()]
