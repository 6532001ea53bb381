"""The numbers are NumPy's."""

import numpy as np


def matrix_counts():
    sides = np.array([32, 32])
    outputs = np.prod(sides - 5 + 1)
    return {"entries": outputs * sides.prod(), "nonzero": outputs * np.int32(25), "weights": np.int64(25)}
