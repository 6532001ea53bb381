"""Only the weights are counted.

Feedback: Likely mistake: the biases are not counted
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
        parameters = layer.weight.numel()
        rows.append((type(layer).__name__, tuple(layer.weight.shape), parameters))
    return rows
