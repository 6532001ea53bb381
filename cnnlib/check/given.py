"""What tests give: inputs, functions to try an answer with, and numbers for a network's layers.

With these numbers results do not depend on a network's initialization. Layers of one shape get the same: then
their names and their order in the network do not matter.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Functions of a batch, shape (N, C, H, W), to one of the same shape.
FUNCTIONS = {
    "batch norm in training mode": lambda x: F.batch_norm(x, None, None, training=True),
    "batch norm in evaluation mode": lambda x: F.batch_norm(x, *torch.ones(2, x.shape[1])),
    "layer norm": lambda x: F.layer_norm(x, x.shape[1:]),
    "group norm with 2 groups": lambda x: F.group_norm(x, 2),
    "instance norm": F.instance_norm,
    "divided by the batch's root mean square": lambda x: x / x.square().mean().sqrt(),
    "less the next image without its mean": lambda x: x - F.layer_norm(x, x.shape[1:]).roll(-1, 0),
    "less the last image": lambda x: x - x[-1:],
    "the first channel less the batch's mean": lambda x: torch.cat([x[:, :1] - x.mean(), x[:, 1:]], 1),
    "the last channel less the batch's mean": lambda x: torch.cat([x[:, :-1], x[:, -1:] - x.mean()], 1),
    "plus a ten-thousandth of the batch's sum": lambda x: x + 1e-4 * x.sum(0),
    "changed by rounding alone": lambda x: x + 1e-7 * x.sum().sin(),
}


def randn(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


# Functions of tokens, shape (N, L, D), to some of the same shape.
ON_TOKENS = {
    "each number doubled": lambda x: 2 * x,
    "plus the token before": lambda x: x + x.roll(1, 1),
    "plus the number of the token": lambda x: x + torch.arange(x.shape[1])[:, None],
    "the mean of all tokens": lambda x: x.mean(1, keepdim=True).expand(x.shape),
    "weighted by softmax, without positions": lambda x: (x @ x.mT).softmax(-1) @ x,
    "the sum so far": lambda x: x.cumsum(1),
}


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
                    if getattr(layer, name) is not None:  # without parameters, or without running statistics
                        getattr(layer, name).copy_(values)
    return model
