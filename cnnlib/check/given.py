"""Numbers that tests give to a network's layers, so that results do not depend on its initialization.

Layers of one shape get the same numbers: then their names and their order in the network do not matter.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def kernel(*shape: int, seed: int = 0) -> Tensor:
    """Return the weight of a convolution or linear layer, scaled to keep the values of maps in bounds."""
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return 1.4 * torch.randn(shape, generator=generator) / torch.Size(shape[1:]).numel() ** 0.5


def bias(size: int, seed: int = 0) -> Tensor:
    """Return the bias of a layer, shape (size,)."""
    return kernel(size, 1, seed=seed)[:, 0]


def statistics(channels: int, seed: int = 0) -> dict[str, Tensor]:
    """Return weight, bias, running_mean and running_var of a batch norm, each of shape (channels,)."""
    draws = torch.rand(4, channels, generator=torch.Generator().manual_seed(seed + channels))
    names = ("weight", "bias", "running_mean", "running_var")
    return dict(zip(names, draws + torch.tensor([[0.5], [-0.5], [-0.5], [0.5]]), strict=True))


def fill(model: nn.Module, seed: int = 0) -> nn.Module:
    """Give convolutions, linear layers and batch norms these numbers, in place; return the model."""
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                layer.weight.copy_(kernel(*layer.weight.shape, seed=seed))
                if layer.bias is not None:
                    layer.bias.copy_(bias(len(layer.bias), seed))
            elif isinstance(layer, nn.BatchNorm2d):
                for name, values in statistics(layer.num_features, seed).items():
                    getattr(layer, name).copy_(values)
    return model
