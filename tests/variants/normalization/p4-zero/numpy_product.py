"""NumPy's product and bool."""

import numpy as np


def always_zero(norm, shape, training, num_groups):
    if norm == "batch" and training is False:
        return np.bool_(False)
    size = np.array(shape)
    size[0 if norm != "batch" else 1] = 1
    if norm == "group":
        size[1] //= num_groups
    if norm == "instance":
        size[1] = 1
    return np.prod(size) == 1
