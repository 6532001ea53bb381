"""The methods of the `shift` figure in PyTorch."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor


def _blur(x: Tensor) -> Tensor:
    weight = torch.tensor([[[1.0, 2.0, 1.0]]], dtype=x.dtype) / 4
    return F.conv1d(F.pad(x, (1, 1), mode="circular"), weight, stride=2)


def _max_blur(x: Tensor) -> Tensor:
    return _blur(F.max_pool1d(F.pad(x, (0, 1), mode="circular"), 2, stride=1))


# Each halves a circular signal, shape (N, C, L).
METHODS: dict[str, Callable[[Tensor], Tensor]] = {
    "stride": lambda x: x[..., ::2],
    "max": lambda x: F.max_pool1d(x, 2),
    "average": lambda x: F.avg_pool1d(x, 2),
    "blur": _blur,
    "max-blur": _max_blur,
}


def shrink(method: str, x: Tensor, stages: int) -> Tensor:
    """Halve a signal, shape (L,), ``stages`` times."""
    x = x[None, None]
    for _ in range(stages):
        x = METHODS[method](x)
    return x[0, 0]
