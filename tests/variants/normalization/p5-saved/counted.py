"""All parameters before and after are counted."""

from torch import nn


def parameters_saved(model):
    layers = [*model]
    before = sum(p.numel() for layer in layers for p in layer.parameters())
    after = 0
    for place, layer in enumerate(layers):
        previous = layers[place - 1] if place else None
        following = layers[place + 1] if place + 1 < len(layers) else None
        if type(layer) is nn.BatchNorm2d and type(previous) is nn.Conv2d and not model.training:
            continue
        after += sum(p.numel() for p in layer.parameters())
        if type(layer) is nn.Conv2d and type(following) is nn.BatchNorm2d and not model.training:
            after += layer.out_channels if layer.bias is None else 0
    return before - after
