"""The sizes are taken out of the lists that were given.

Feedback: changed its argument in place
"""

from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [
        nn.Conv1d(channels, channels, kernel_size),
        nn.Conv2d(channels, channels, kernel_size),
        nn.Conv3d(channels, channels, kernel_size),
        *[nn.Linear(in_features.pop(0), out_features.pop(0)) for _ in in_features[:]],
    ]
    return [
        (type(layer).__name__, tuple(layer.weight.shape), sum(p.numel() for p in layer.parameters()))
        for layer in layers
    ]
