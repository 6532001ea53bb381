"""Run a model's shapes without its arithmetic: a copy on PyTorch's meta device, which holds no data."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd


def check_input_shape(input_shape: Sequence[int]) -> tuple[int, ...]:
    """The shape as a tuple of positive ints with batch, channels and at least one spatial dimension."""
    shape = tuple(input_shape)
    if len(shape) < 3 or not all(isinstance(n, int) and n > 0 for n in shape):
        raise ValueError(
            f"input_shape must be (N, C, H, W) with positive whole numbers, batch size first; "
            f"got {input_shape}"
        )
    return shape


def check_dimensions(model: nn.Module, shape: tuple[int, ...]) -> None:
    """Refuse a shape without batch size: it has one dimension too few for the model's convolutions."""
    spatial = {name: len(m.kernel_size) for name, m in model.named_modules() if isinstance(m, _ConvNd)}
    if spatial and len(shape) - 2 not in spatial.values():
        name, dimensions = next(iter(spatial.items()))
        kind = type(model.get_submodule(name)).__name__
        raise ValueError(
            f"input_shape {shape} does not fit {kind} {name!r}, which needs "
            f"{dimensions} spatial dimensions after batch size and channels; give (N, C, H, W) for images"
        )


def meta_copy(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode whose tensors have shapes but no values; the model itself is not touched."""
    if any(nn.parameter.is_lazy(p) for p in model.parameters()):
        raise ValueError("the model has lazy layers without a shape yet; call it once on an input first")
    tensors = [*model.parameters(), *model.buffers()]
    tensors += [v for m in model.modules() for v in vars(m).values() if isinstance(v, Tensor)]
    memo = {}  # what deepcopy finds here it takes instead of copying, so weights are never duplicated
    for tensor in tensors:
        shape_only = torch.empty_like(tensor, device="meta")
        is_parameter = isinstance(tensor, nn.Parameter)
        memo[id(tensor)] = nn.Parameter(shape_only, tensor.requires_grad) if is_parameter else shape_only
    twin = copy.deepcopy(model, memo).eval()
    for module in twin.modules():
        module._forward_hooks.clear()  # the user's own hooks must not see this run
    return twin


def input_dtype(model: nn.Module) -> torch.dtype:
    """The floating-point type that the model computes in."""
    return next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)


class Calls:
    """Watches which of a model's layers is running, to say where a run went wrong."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.running: list[tuple[str, tuple]] = []  # names and inputs, innermost last
        for name, module in model.named_modules():
            module.register_forward_pre_hook(lambda m, inputs, name=name: self.enter(name, inputs))
            module.register_forward_hook(lambda m, inputs, output, name=name: self.leave(name, output))

    def enter(self, name: str, inputs: tuple) -> None:
        """A layer starts."""
        self.running.append((name, inputs))

    def leave(self, name: str, output: object) -> None:
        """The innermost layer is done."""
        self.running.pop()

    def error(self, error: Exception, model: nn.Module, shape: tuple[int, ...]) -> ValueError:
        """One sentence on the innermost layer that was running."""
        sentence = f"{type(model).__name__} cannot take an input of shape {shape}: "
        name, inputs = self.running[-1] if self.running else ("", ())
        if name:
            layer = self.model.get_submodule(name)
            needs = [a for a in ("in_channels", "in_features", "num_features") if hasattr(layer, a)]
            kind = ", ".join([type(layer).__name__, *(f"{a}={getattr(layer, a)}" for a in needs)])
            got = ", ".join(str(tuple(x.shape)) for x in inputs if isinstance(x, Tensor)) or "no tensor"
            sentence += f"its layer {name!r} ({kind}) gets {got}: "
        return ValueError(sentence + first_line(error))


def first_line(error: Exception) -> str:
    """What went wrong, without the rest of PyTorch's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
