"""NumPy's sum."""

import numpy as np


def parameters_saved(model):
    kinds = [type(layer).__name__ for layer in model]
    return np.sum(
        [
            model[i].weight.numel() * (2 - (model[i - 1].bias is None))
            for i in range(1, len(kinds))
            if kinds[i - 1 : i + 1] == ["Conv2d", "BatchNorm2d"] and not model[i].training
        ],
        dtype=int,
    )
