"""The receptive field of a layer as it is effectively, by gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.arithmetic.copies import Calls, copied, running_on, tensors_in
from cnnlib.arithmetic.models import (
    check_dimensions,
    check_input_shape,
    check_model,
    first_line,
    input_dtype,
    unwrapped,
)

__all__ = ["effective_receptive_field"]


def effective_receptive_field(
    model: nn.Module, layer: str, input_shape: Sequence[int], *, seed: int = 0
) -> Tensor:
    """How strongly each input position acts on the center unit of a layer.

    The mean absolute gradient, over N random inputs and the input's channels, of the layer's center unit (the
    sum of its channels) with respect to the input (Luo, Li, Urtasun and Zemel, *Understanding the effective
    receptive field in deep convolutional neural networks*, 2016, arXiv:1701.04128). A copy of the model runs
    in evaluation mode: the model's mode, its gradients and the global random state stay as they are.

    Parameters
    ----------
    model : Module
        Takes one tensor.
    layer : str
        Name in ``model.named_modules()`` of a layer with spatial output.
    input_shape : sequence of int
        (N, C, H, W): N standard normal inputs are averaged, one after the other. More give a smoother map.
    seed : int
        Seed of the random inputs.

    Returns
    -------
    Tensor, shape (H, W)
        Not normalized; zero where the unit does not see the input at all. Other numbers of spatial dimensions
        work alike.

    Raises
    ------
    ValueError
        If there is no such layer, its output has no spatial dimensions, or the model cannot take the input.
    """
    shape = check_input_shape(input_shape)
    model = unwrapped(model)
    check_model(model, shape)
    check_dimensions(model, shape)
    like = {"dtype": input_dtype(model), "device": next(model.parameters(), torch.empty(0)).device}
    twin = copied(model, like["device"]).requires_grad_(False)
    names = [name for name, _ in twin.named_modules() if name]
    if layer not in names:
        raise ValueError(f"the model has no layer {layer!r}; its layers are {', '.join(names) or 'none'}")
    if isinstance(twin.get_submodule(layer), torch.jit.ScriptModule):
        raise ValueError(f"layer {layer!r} is made by torch.jit, so what it gives cannot be seen")
    calls = _Output(twin, layer)
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(shape[2:], **like)
    for _ in range(shape[0]):
        x = torch.randn((1, *shape[1:]), generator=generator).to(**like).requires_grad_()
        calls.output = None
        with torch.enable_grad(), running_on(like["device"]):
            try:
                twin(x.clone())  # a copy, for its first layer may work in place
            except Exception as error:  # whatever the model's own layers raise
                failure = calls.error(error, model, shape)
                if _runs(twin, x.detach()):
                    failure = ValueError(
                        f"no gradient gets through {type(model).__name__}: {first_line(error)}"
                    )
                raise failure from error
        (gradient,) = torch.autograd.grad(_center(calls.output, layer, len(shape)), x)
        total += gradient[0].abs().mean(dim=0)
    return total / shape[0]


def _runs(model: nn.Module, x: Tensor) -> bool:
    """Whether a model takes an input where no gradient is asked for."""
    try:
        with torch.no_grad():
            model(x)
    except Exception:  # whatever the model's own layers raise
        return False
    return True


class _Output(Calls):
    """Keeps what a layer gives, the last time that it is called."""

    def __init__(self, model: nn.Module, layer: str) -> None:
        super().__init__(model)
        self.output: Any = None
        self._layer = model.get_submodule(layer)  # it may have another name, too

    def call(self, name: str, forward: Callable, inputs: tuple, named: dict[str, Any]) -> Any:
        output = super().call(name, forward, inputs, named)
        if self.model.get_submodule(name) is self._layer:
            # A copy, for the next layer may work in place.
            self.output = [tensor.clone() for tensor in tensors_in(output)]
        return output


def _center(output: list[Tensor] | None, layer: str, dimensions: int) -> Tensor:
    """The center unit of what a layer gives first, the sum of its channels."""
    if output is None:
        raise ValueError(f"layer {layer!r} is never called itself, so there is nothing to look at")
    if not output or output[0].ndim != dimensions:
        got = tuple(output[0].shape) if output else "no tensor"
        raise ValueError(f"layer {layer!r} must give (N, C, H, W) for a center unit to exist, it gives {got}")
    if not output[0].requires_grad:
        raise ValueError(
            f"what layer {layer!r} gives has no gradient with respect to the input: it gives whole numbers, "
            "does not depend on the input, or was cut off from it (detach, no_grad)"
        )
    return output[0][(0, slice(None), *(n // 2 for n in output[0].shape[2:]))].sum()
