"""NumPy pads the row.

Feedback: the library's numpy.pad is called
"""

import numpy as np


def source_indices(size, before, after, mode):
    if mode == "zeros":
        return [None] * before + list(range(size)) + [None] * after
    names = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    return np.pad(np.arange(size), (before, after), mode=names[mode]).tolist()
