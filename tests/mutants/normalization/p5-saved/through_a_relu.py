"""A ReLU between convolution and norm is overlooked.

Feedback: Likely mistake: a layer between convolution and norm is overlooked
"""

from torch import nn


def parameters_saved(model):
    saved, last = 0, None
    for layer in model:
        if isinstance(layer, nn.Conv2d):
            last = layer
        elif isinstance(layer, nn.BatchNorm2d) and last is not None and not layer.training:
            saved += layer.num_features * (1 if last.bias is None else 2)
    return saved
