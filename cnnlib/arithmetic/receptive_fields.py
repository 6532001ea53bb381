"""The receptive field of every layer, by the recurrence."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from cnnlib.arithmetic.copies import Calls, NotRunError, on_a_copy, running_on
from cnnlib.arithmetic.models import (
    check_dimensions,
    check_input_shape,
    check_model,
    first_line,
    unwrapped,
)
from cnnlib.arithmetic.recurrence import Field, Number
from cnnlib.arithmetic.tracing import ROOT, Interpreter, Tracer

__all__ = ["ReceptiveField", "receptive_field"]


class ReceptiveField(NamedTuple):
    """What one unit of a layer sees of the input; a tuple has one entry for each spatial dimension.

    Attributes
    ----------
    size : tuple of int
        Extent, in input positions. It can exceed the input; the rest then lies in the padding.
    jump : tuple of int
        Distance between the fields of neighboring units, in input positions: the product of the strides.
    center : tuple of float
        Center of the first unit's field; 0 is the center of the first input position, and negative values lie
        in the padding.
    """

    size: tuple[int, ...]
    jump: tuple[int, ...]
    center: tuple[float, ...]


def receptive_field(model: nn.Module, input_shape: Sequence[int]) -> dict[str, ReceptiveField]:
    r"""The theoretical receptive field of every layer of a model.

    ``torch.fx`` traces the model, and the recurrence

    .. math:: r = 1 + \sum_l D_l (K_l - 1) \prod_{i<l} S_i

    is followed along every path, with kernel :math:`K`, stride :math:`S` and dilation :math:`D` (Araujo,
    Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019). The
    model is run on the meta device, without arithmetic.

    What happens where the recurrence says nothing:

    - **Joins** (addition, concatenation): a unit sees the union of what the joined units see.
    - **Global and adaptive pooling, and a linear layer after flattening**: a window as large as what it takes
      in, so a unit that sees the whole input has a size of at least the input's. Where an adaptive pooling's
      windows differ in size, the widest one and their mean spacing count.
    - **Flattening** changes no field; it is the layer after it that mixes the positions.
    - **Squeeze-and-excitation** and other gates: an operand with one position, broadcast over the other, says
      how much and not where, and is left out. Strictly, every unit after a gate depends on the whole input.
    - **Normalization**: the statistics are left out too, for the same reason.
    - **Upsampling, transposed convolution, attention** and operations not known here are refused by name.

    Parameters
    ----------
    model : Module
        Takes one tensor; ``torch.fx`` must be able to trace it. It is not changed.
    input_shape : sequence of int
        Shape of that tensor, (N, C, H, W) for images, batch size first.

    Returns
    -------
    dict of str to ReceptiveField
        In the order of execution. Names are those of ``model.named_modules()``, and for functions the name
        of the module they are called in and their own, such as ``layer1.0.add``; a second call gets ``_1``,
        as in ``torchvision.models.feature_extraction``. A model that is a single layer is ``"(model)"``.

    Raises
    ------
    ValueError
        If the model cannot be traced, cannot take the input, or has a layer the recurrence does not cover.

    Examples
    --------
    >>> two = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3))
    >>> receptive_field(two, (1, 3, 32, 32))["1"]
    ReceptiveField(size=(5, 5), jump=(1, 1), center=(2.0, 2.0))
    """
    fields, reason = follow(model, input_shape)
    if reason:
        raise ValueError(reason)
    return {name: field for name, field in fields.items() if name != ROOT or len(fields) == 1}


class _UntracedError(NotRunError):
    """torch.fx cannot trace the model."""


def follow(model: nn.Module, input_shape: Sequence[int]) -> tuple[dict[str, ReceptiveField], str | None]:
    """The fields as far as they can be followed, and one sentence on why not further."""
    shape = check_input_shape(input_shape)
    model = unwrapped(model)
    check_model(model, shape)
    check_dimensions(model, shape)

    def run(twin: nn.Module, x: Tensor) -> tuple[dict[str, ReceptiveField], str | None]:
        tracer = Tracer()
        alone = tracer.is_leaf_module(twin, "")  # a single layer, which tracing must not enter
        inner, twin = twin, nn.Sequential(twin) if alone else twin
        try:
            with tracer.watching(twin), running_on("cpu"):
                graph = tracer.trace(twin, None if alone else _defaults(twin))
            graph_module = fx.GraphModule(twin, graph)
        except Exception as error:  # whatever the model's own forward raises on symbols
            why = first_line(error).partition(". ")[0]  # advice follows
            raise _UntracedError(f"torch.fx cannot trace {type(model).__name__}: {why}") from error
        names = [(ROOT, tracer.names[0][1])] if alone else [*tracer.names, *tracer.output]
        interpreter = Interpreter(graph_module, names)
        calls = Calls(inner)
        with torch.no_grad(), running_on(x.device):
            try:
                interpreter.run(x)
            except Exception as error:  # whatever the model's own layers raise
                raise calls.error(error, model, shape) from error
        followed = [(name, interpreter.fields.get(node)) for name, node in names]
        return {name: _public(field) for name, field in followed if field}, interpreter.reason

    try:
        return on_a_copy(model, shape, run)
    except _UntracedError as error:
        return {}, str(error)


def _defaults(model: nn.Module) -> dict[str, Any]:
    """Values for what the forward method takes beside the one tensor: they are no symbols."""
    parameters = list(inspect.signature(model.forward).parameters.values())[1:]
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def _public(field: Field) -> ReceptiveField:
    center = tuple(float(b + Fraction(r - 1, 2)) for b, r in zip(field.start, field.size, strict=True))
    return ReceptiveField(_plain(field.size), _plain(field.jump), center)


def _plain(values: Sequence[Number]) -> tuple:
    """Whole numbers as int; only uneven adaptive pooling gives others."""
    return tuple(int(v) if v == int(v) else float(v) for v in values)
