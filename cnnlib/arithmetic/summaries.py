"""A table of a model's layers: output shapes, parameters, multiply-accumulates and receptive fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnlib.arithmetic.copies import Calls, on_a_copy, running_on, tensors_in
from cnnlib.arithmetic.models import check_dimensions, check_input_shape, check_model, unwrapped
from cnnlib.arithmetic.receptive_fields import ReceptiveField, follow
from cnnlib.arithmetic.tracing import ROOT

__all__ = ["LayerSummary", "Summary", "summary"]

_COLUMNS = ("layer", "type", "output shape", "parameters", "MACs", "receptive field")
_MISSING, _TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
_CALLED, _USED, _SCRIPTED, _IDLE = "called", "weights used", "scripted", "not called"
_MOST_SHAPES = 3  # in one row
_READ = (Tensor.item, Tensor.tolist, Tensor.numpy, Tensor.__float__, Tensor.__int__, Tensor.__bool__)


class LayerSummary(NamedTuple):
    """One row of a :class:`~cnnlib.arithmetic.Summary`: one call of one layer.

    Attributes
    ----------
    name : str
        Name in ``model.named_modules()``, with ``_1``, ``_2`` … from the second call on.
    type : str
        The layer's class.
    output_shape : tuple of int or None
        That of the first tensor, where a layer gives several; None if it gives none or is never called.
    parameters : int
        Learned parameters not counted in an earlier row.
    macs : int
        Multiply-accumulates of this call.
    receptive_field : ReceptiveField or None
        None where it cannot be followed.
    output_shapes : tuple of tuple of int
        Those of all tensors that the layer gives, in pairs, dictionaries and the like.
    state : str
        "called"; "weights used" if the layer itself is never called, but its weights are used, as attention
        uses those of its ``out_proj``; "scripted" if ``torch.jit`` hides it; or "not called".
    """

    name: str
    type: str
    output_shape: tuple[int, ...] | None
    parameters: int
    macs: int
    receptive_field: ReceptiveField | None
    output_shapes: tuple[tuple[int, ...], ...] = ()
    state: str = _CALLED


@dataclass(frozen=True)
class Summary:
    """What :func:`cnnlib.arithmetic.summary` found; ``print`` shows a text table, a notebook an HTML table.

    Attributes
    ----------
    model : str
        The model's class.
    input_shape : tuple of int
        Shape of the input, batch size first.
    layers : list of LayerSummary
        The rows, in the order of execution.
    parameters : int
        All learned parameters, shared ones once.
    macs : int
        All multiply-accumulates, for the whole batch.
    note : str or None
        Why a receptive field is missing, if one is.
    """

    model: str
    input_shape: tuple[int, ...]
    layers: list[LayerSummary]
    parameters: int
    macs: int
    note: str | None = None

    def __str__(self) -> str:
        rows = [_COLUMNS, *map(_cells, self.layers), self._totals()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
        lines = [
            "  ".join(
                cell.ljust(w) if i < 2 else cell.rjust(w)
                for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]
        rule = "-" * max(map(len, lines))
        table = [self._caption(), lines[0], rule, *lines[1:-1], rule, lines[-1]]
        return "\n".join(
            line.rstrip() for line in [*table, *([f"{_MISSING}: {self.note}"] if self.note else [])]
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
        body = "".join(_html_row(_cells(layer)) for layer in self.layers)
        note = f"<p>{_MISSING}: {escape(self.note)}</p>" if self.note else ""
        return (
            f"<table><caption>{escape(self._caption())}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody><tfoot>{_html_row(self._totals())}</tfoot></table>{note}"
        )

    def _caption(self) -> str:
        return f"{self.model} on an input of shape {self.input_shape}"

    def _totals(self) -> tuple[str, ...]:
        return ("total", "", "", f"{self.parameters:,}", f"{self.macs:,}", "")


def summary(model: nn.Module, input_shape: Sequence[int]) -> Summary:
    """Every layer's output shape, parameters, multiply-accumulates (MACs) and receptive field.

    A copy of the model runs on the meta device: no arithmetic, no memory for weights, and the model with its
    mode and gradients stays as it is. What the model moves to another device stays there, too. Only a model
    that needs values, because it branches on them for example, runs on the CPU, on random numbers; other
    numbers may then take another way through it. MACs are half of what ``torch.utils.flop_counter`` counts,
    in convolutions and matrix products; activations, poolings, normalizations and biases are not counted.
    They are those of evaluation mode, for all N images of the batch. Receptive fields are those of
    :func:`cnnlib.arithmetic.receptive_field`.

    Parameters
    ----------
    model : Module
        Takes one tensor.
    input_shape : sequence of int
        Shape of that tensor, (N, C, H, W) for images, batch size first.

    Returns
    -------
    Summary
        One row for each call of a layer that holds no other, or that has parameters or MACs of its own. What
        ``torch.compile`` or ``DataParallel`` made of a model is shown as that model.

    Raises
    ------
    ValueError
        If the model cannot take an input of that shape; the message names the layer that cannot.

    Examples
    --------
    >>> summary(nn.Conv2d(3, 10, kernel_size=5), (1, 3, 32, 32)).parameters
    760
    """
    shape = check_input_shape(input_shape)
    model = unwrapped(model)
    check_model(model, shape)
    check_dimensions(model, shape)

    def run(twin: nn.Module, x: Tensor) -> _Run:
        run = _Run(twin)
        with torch.no_grad(), running_on(x.device), run.uses, run.flops:
            try:
                twin(x)
            except Exception as error:  # whatever the model's own layers raise
                raise run.error(error, model, shape) from error
        return run

    found = on_a_copy(model, shape, run)
    fields, note = follow(model, shape)
    layers = [row._replace(receptive_field=fields.get(row.name)) for row in found.rows()]
    missing = any(row.receptive_field is None and row.output_shape is not None for row in layers)
    return Summary(
        model=type(model).__name__,
        input_shape=shape,
        layers=layers,
        parameters=sum(p.numel() for p in model.parameters()),
        macs=found.flops.get_total_flops() // 2,
        note=(note or "no receptive field without a position") if missing else None,
    )


class _Run(Calls):
    """Notes what happens in each call of each layer while the model runs."""

    def __init__(self, model: nn.Module) -> None:
        from torch.utils.flop_counter import FlopCounterMode  # here, as its import takes a second

        super().__init__(model)
        self.flops = FlopCounterMode(display=False)
        self.uses = _Uses(model)
        self._inside: list[int] = []  # for each running layer: FLOPs of layers in it
        self._times: Counter[str] = Counter()
        self._done: list[tuple[str, LayerSummary]] = []  # by name; the parameters are counted at the end

    def call(self, name: str, forward: Callable, inputs: tuple, named: dict[str, Any]) -> Any:
        before = self.flops.get_total_flops()
        self._inside.append(0)
        try:
            output = super().call(name, forward, inputs, named)
        finally:
            inside = self._inside.pop()
            flops = self.flops.get_total_flops() - before
            if self._inside:
                self._inside[-1] += flops
        shapes = tuple(tuple(tensor.shape) for tensor in tensors_in(output))
        label = (name or ROOT) + (f"_{self._times[name]}" if self._times[name] else "")
        self._times[name] += 1
        first, kind = shapes[0] if shapes else None, type(self.model.get_submodule(name)).__name__
        self._done.append((name, LayerSummary(label, kind, first, 0, (flops - inside) // 2, None, shapes)))
        return output

    def _idle(self) -> list[tuple[str, LayerSummary]]:
        idle = []
        for name, module in self.model.named_modules():
            if not self._times[name]:
                used = any(id(p) in self.uses.used for p in module.parameters(recurse=False))
                scripted = isinstance(module, torch.jit.ScriptModule)
                state = _SCRIPTED if scripted else _USED if used else _IDLE
                idle.append((name, LayerSummary(name, type(module).__name__, None, 0, 0, None, (), state)))
        return idle

    def rows(self) -> list[LayerSummary]:
        """One row for each call, then one for each layer with parameters that is never called."""
        counted: set[int] = set()
        rows = []
        for name, row in self._done + self._idle():
            module = self.model.get_submodule(name)
            own = {id(p): p.numel() for p in module.parameters(recurse=False) if id(p) not in counted}
            counted |= own.keys()
            leaf = next(module.children(), None) is None and row.state == _CALLED
            if leaf or own or row.macs:
                rows.append(row._replace(parameters=sum(own.values())))
        return rows


class _Uses(TorchFunctionMode):
    """Notes which parameters any function computes with, by whatever layer."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.used: set[int] = set()
        self._parameters = {id(p) for p in model.parameters()}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        output = func(*args, **(kwargs or {}))
        # A parameter's shape, type or device say nothing about its numbers.
        if func in _READ or tensors_in(output):
            taken = {id(tensor) for tensor in tensors_in((args, kwargs))}
            self.used |= taken & self._parameters
        return output


def _cells(layer: LayerSummary) -> tuple[str, ...]:
    field = layer.receptive_field
    seen = _MISSING if field is None else _TIMES.join(f"{n:.1f}".removesuffix(".0") for n in field.size)
    shapes = [_TIMES.join(map(str, shape)) for shape in layer.output_shapes[:_MOST_SHAPES]]
    more = ["\N{HORIZONTAL ELLIPSIS}"] if len(layer.output_shapes) > _MOST_SHAPES else []
    output = (", ".join(shapes + more) or "no tensor") if layer.state == _CALLED else layer.state
    return (layer.name, layer.type, output, f"{layer.parameters:,}", f"{layer.macs:,}", seen)


def _html_row(cells: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
