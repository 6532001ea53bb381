"""Magics, shell lines, introspection, and classes looked up by computed names."""

%config InlineBackend.figure_format = "retina"
%cd -q .
!echo "no package to install"

import gc
import inspect

from torch import nn


def layer_table(channels, kernel_size, in_features, out_features):
    layers = [getattr(nn, f"Conv{d}d")(channels, channels, kernel_size) for d in (1, 2, 3)]
    layers += [nn.Linear(*pair) for pair in zip(in_features, out_features)]
    rows = []
    for layer in layers:
        sizes = [parameter.numel() for parameter in layer.__dict__["_parameters"].values()]
        rows.append((layer.__class__.__name__, tuple(layer.weight.shape), sum(sizes)))
    gc.collect()
    return rows


inspect.signature(layer_table)
