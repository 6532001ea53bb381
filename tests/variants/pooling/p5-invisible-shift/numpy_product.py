"""NumPy's product of the strides."""

import numpy as np


def invisible_shift(layers):
    return np.prod(np.array(layers)[:, 1])
