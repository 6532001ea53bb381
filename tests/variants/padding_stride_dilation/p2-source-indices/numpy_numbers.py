"""The indices are NumPy's integers."""

import numpy as np


def source_indices(size, before, after, mode):
    places = np.arange(-before, size + after)
    if mode == "zeros":
        return [place if 0 <= place < size else None for place in places]
    if mode == "replicate":
        return list(places.clip(0, size - 1))
    if mode == "circular":
        return list(places % size)
    return list(size - 1 - abs(size - 1 - abs(places)))
