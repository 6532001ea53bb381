"""NumPy's arrays in place of loops; the amounts are its integers."""

import numpy as np


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    values = (size, kernel_size, stride, padding, dilation)
    n, k, s, p, d = (np.broadcast_to(value, 2) for value in values)
    return tuple((n + 2 * p - d * (k - 1) - 1) % s)
