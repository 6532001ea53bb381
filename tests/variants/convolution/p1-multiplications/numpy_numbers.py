"""A list of NumPy's numbers."""

import numpy as np


def multiplications(channels, kernel_size, height, width):
    volume = np.prod([channels, height, width], dtype=np.int64)
    return [volume * channels * np.square(kernel_size), volume**2]
