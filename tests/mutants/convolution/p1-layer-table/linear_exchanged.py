"""The inputs and outputs of the linear layers are exchanged.

Feedback: Likely mistake: the inputs and outputs of Linear are exchanged
"""

from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [
        nn.Conv1d(channels, channels, kernel_size),
        nn.Conv2d(channels, channels, kernel_size),
        nn.Conv3d(channels, channels, kernel_size),
        *[nn.Linear(size_out, size_in) for size_in, size_out in zip(in_features, out_features, strict=True)],
    ]
    rows = []
    for layer in layers:
        parameters = sum(parameter.numel() for parameter in layer.parameters())
        rows.append((type(layer).__name__, tuple(layer.weight.shape), parameters))
    return rows
