"""Which models can be looked at, and what they are without their wrappers."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import nn

_CONVOLUTIONS = (
    *(nn.Conv1d, nn.Conv2d, nn.Conv3d),
    *(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
)


def check_input_shape(input_shape: Sequence[int]) -> tuple[int, ...]:
    """The shape as a tuple of positive ints with batch, channels and at least one spatial dimension."""
    shape = tuple(input_shape)
    if len(shape) < 3 or not all(isinstance(n, int) and n > 0 for n in shape):
        raise ValueError(
            f"input_shape must be (N, C, H, W) with positive whole numbers, batch size first; "
            f"got {input_shape}"
        )
    return shape


def check_model(model: nn.Module, shape: tuple[int, ...]) -> None:
    """Refuse a model that cannot run, whatever the shape, or does not take one tensor."""
    name = type(model).__name__
    if any(nn.parameter.is_lazy(tensor) for tensor in (*model.parameters(), *model.buffers())):
        raise ValueError(
            f"the model has lazy layers without a shape yet; call it once first: model(torch.zeros{shape})"
        )
    if isinstance(model, torch.jit.ScriptModule):
        raise ValueError(
            f"{name} is made by torch.jit, which hides the layers; give the model it was made from"
        )
    if type(model).forward is nn.Module.forward and "forward" not in vars(model):
        raise ValueError(
            f"{name} has no forward method, so it cannot be run; put its layers into a model that calls them"
        )
    _check_signature(name, inspect.signature(model.forward))


def check_dimensions(model: nn.Module, shape: tuple[int, ...]) -> None:
    """Refuse a shape without batch size: it has one dimension too few for the model's convolutions."""
    spatial = {key: len(m.kernel_size) for key, m in model.named_modules() if isinstance(m, _CONVOLUTIONS)}
    if spatial and len(shape) - 2 not in spatial.values():
        key, dimensions = next(iter(spatial.items()))
        kind = type(model.get_submodule(key)).__name__
        raise ValueError(
            f"input_shape {shape} does not fit {kind} {key!r}, which needs "
            f"{dimensions} spatial dimensions after batch size and channels; give (N, C, H, W) for images"
        )


def _check_signature(name: str, signature: inspect.Signature) -> None:
    try:
        signature.bind(None)
    except TypeError:
        needed = [
            key
            for key, parameter in signature.parameters.items()
            if parameter.default is parameter.empty and parameter.kind not in (parameter.VAR_KEYWORD,)
        ]
        takes = f"needs {len(needed)} inputs ({', '.join(needed)})" if needed else "takes no input"
        raise ValueError(
            f"{name}.forward {takes}, but it must take one tensor; "
            "write a module whose forward takes one tensor and calls this one"
        ) from None


def unwrapped(model: nn.Module) -> nn.Module:
    """The model inside of what `torch.compile`, `DataParallel` or weight averaging made of it."""
    averaged = torch.optim.swa_utils.AveragedModel
    while True:
        if isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel | averaged):
            model = model.module
        elif type(model).__name__ == "OptimizedModule":  # of torch.compile, whose class is not public
            (model,) = model.children()
        else:
            return model


def eager() -> Any:
    """Let what `torch.compile` made run as it was written; before PyTorch 2.6 it gets compiled."""
    stance = getattr(torch.compiler, "set_stance", None)
    return stance("force_eager") if stance else nullcontext()


def input_dtype(model: nn.Module) -> torch.dtype:
    """The floating-point type that the model computes in."""
    return next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)


def first_line(error: Exception) -> str:
    """What went wrong, without the rest of PyTorch's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
