"""NumPy multiplies, and its numbers stay in the rows."""

import numpy as np
from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [
        nn.Conv1d(channels, channels, kernel_size),
        nn.Conv2d(channels, channels, kernel_size),
        nn.Conv3d(channels, channels, kernel_size),
        *[nn.Linear(inputs, outputs) for inputs, outputs in zip(in_features, out_features, strict=True)],
    ]
    return [
        (type(layer).__name__, layer.weight.shape, np.prod(layer.weight.shape) + layer.weight.shape[0])
        for layer in layers
    ]
