"""A double loop makes every combination instead of pairs."""

from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [
        nn.Conv1d(channels, channels, kernel_size),
        nn.Conv2d(channels, channels, kernel_size),
        nn.Conv3d(channels, channels, kernel_size),
        *[nn.Linear(size_in, size_out) for size_in in in_features for size_out in out_features],
    ]
    rows = []
    for layer in layers:
        parameters = sum(parameter.numel() for parameter in layer.parameters())
        rows.append((type(layer).__name__, tuple(layer.weight.shape), parameters))
    return rows
