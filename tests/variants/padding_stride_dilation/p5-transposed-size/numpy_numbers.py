"""NumPy's arrays in place of loops; the sizes are its integers."""

import numpy as np


def transposed_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    values = (size, kernel_size, stride, padding, output_padding, dilation)
    n, k, s, p, extra, d = (np.broadcast_to(value, 2) for value in values)
    return tuple((n - 1) * s + d * (k - 1) + 1 - 2 * p + extra)
