"""NumPy's arrays in place of loops; the sizes are its integers."""

import numpy as np


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = (np.broadcast_to(value, 2) for value in (size, kernel_size, stride, padding, dilation))
    n, k, s, p, d = options
    room = n + 2 * p - d * (k - 1) - 1
    if (room < 0).any():
        raise ValueError("the window does not fit")
    height, width = room // s + 1
    return height, width
