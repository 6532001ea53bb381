"""NumPy's numbers."""

import numpy as np


def survivors():
    left = {}
    for a, b in [(0, 41), (3, 7), (12, 200), (100, 200), (255, 128)]:
        m, e = np.frexp(a + b / 256)
        value = np.ldexp(np.rint(m * 256), e - 8)
        left[f"{a}, {b}"] = (np.int64(value), np.int64(value % 1 * 256))
    return left
