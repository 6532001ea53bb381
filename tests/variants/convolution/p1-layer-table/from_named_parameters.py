"""The layers come from a list of classes, the counts from the shapes of the named parameters."""

from math import prod

from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [conv(channels, channels, kernel_size) for conv in (nn.Conv1d, nn.Conv2d, nn.Conv3d)] + [
        nn.Linear(*pair) for pair in zip(in_features, out_features, strict=True)
    ]
    rows = []
    for layer in layers:
        shapes = {name: parameter.shape for name, parameter in layer.named_parameters()}
        rows.append([layer.__class__.__name__, shapes["weight"], sum(map(prod, shapes.values()))])
    return rows
