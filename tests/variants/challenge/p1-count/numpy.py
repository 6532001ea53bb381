"""A NumPy sum."""

import numpy as np


def official_count(layers):
    sizes = []
    for layer, before, after in zip(layers, [None, *layers[:-1]], [*layers[1:], None], strict=True):
        if layer[0] == "conv":
            _, C, channels, size, groups, bias = layer
            sizes.append(channels * C * size**2 // groups)
            if bias or (after is not None and after[0] == "norm"):
                sizes.append(channels)
        if layer[0] == "linear":
            sizes.append(np.prod(layer[1:]) + layer[2])
        if layer[0] == "norm" and (before is None or before[0] in {"relu", "pool"}):
            sizes.append(2 * layer[1])
    return np.sum(np.array(sizes, dtype=np.int64))
