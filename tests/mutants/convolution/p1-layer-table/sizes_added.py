"""The sizes of the weight's shape are added.

Feedback: Likely mistake: the sizes of the shape are added instead of multiplied
"""

from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [
        nn.Conv1d(channels, channels, kernel_size),
        nn.Conv2d(channels, channels, kernel_size),
        nn.Conv3d(channels, channels, kernel_size),
        *[nn.Linear(size_in, size_out) for size_in, size_out in zip(in_features, out_features, strict=True)],
    ]
    rows = []
    for layer in layers:
        parameters = sum(layer.weight.shape)
        rows.append((type(layer).__name__, tuple(layer.weight.shape), parameters))
    return rows
