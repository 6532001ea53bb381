"""A table of a model's layers: output shapes, parameters, multiply-accumulates and receptive fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnnlib._meta import Calls, check_dimensions, check_input_shape, input_dtype, meta_copy
from cnnlib.receptive_fields import ROOT, ReceptiveField, follow

__all__ = ["LayerSummary", "Summary", "summary"]

_COLUMNS = ("layer", "type", "output shape", "parameters", "MACs", "receptive field")
_MISSING, _TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"


class LayerSummary(NamedTuple):
    """One row of a :class:`~cnnlib.arithmetic.Summary`: one call of one layer.

    Attributes
    ----------
    name : str
        Name in ``model.named_modules()``, with ``_1``, ``_2`` … from the second call on.
    type : str
        The layer's class.
    output_shape : tuple of int or None
        None if the layer gives no tensor or is never called.
    parameters : int
        Learned parameters not counted in an earlier row.
    macs : int
        Multiply-accumulates of this call.
    receptive_field : ReceptiveField or None
        None where it cannot be followed.
    """

    name: str
    type: str
    output_shape: tuple[int, ...] | None
    parameters: int
    macs: int
    receptive_field: ReceptiveField | None


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
    mode and gradients stays as it is. MACs are half of what ``torch.utils.flop_counter`` counts, in
    convolutions and matrix products; activations, poolings, normalizations and biases are not counted. They
    are those of evaluation mode, for all N images of the batch. Receptive fields are those of
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
        One row for each call of a layer that holds no other, or that has parameters or MACs of its own.

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
    check_dimensions(model, shape)
    twin = meta_copy(model)
    run = _Run(twin)
    with torch.no_grad(), torch.device("meta"), run.flops:
        try:
            twin(torch.empty(shape, dtype=input_dtype(model)))
        except Exception as error:  # whatever the model's own layers raise
            raise run.error(error, model, shape) from error
    fields, note = follow(model, shape)
    layers = [row._replace(receptive_field=fields.get(row.name)) for row in run.rows()]
    missing = any(row.receptive_field is None and row.output_shape is not None for row in layers)
    return Summary(
        model=type(model).__name__,
        input_shape=shape,
        layers=layers,
        parameters=sum(p.numel() for p in model.parameters()),
        macs=run.flops.get_total_flops() // 2,
        note=(note or "no receptive field without a position") if missing else None,
    )


class _Run(Calls):
    """Notes what happens in each call of each layer while the model runs."""

    def __init__(self, model: nn.Module) -> None:
        from torch.utils.flop_counter import FlopCounterMode  # here, as its import takes a second

        super().__init__(model)
        self.flops = FlopCounterMode(display=False)
        self._counts: list[
            list[int]
        ] = []  # for each running layer: FLOPs when it began, FLOPs of layers inside
        self._times: Counter[str] = Counter()
        self._done: list[tuple[str, nn.Module, tuple[int, ...] | None, int]] = []

    def enter(self, name: str, inputs: tuple) -> None:
        super().enter(name, inputs)
        self._counts.append([self.flops.get_total_flops(), 0])

    def leave(self, name: str, output: object) -> None:
        super().leave(name, output)
        before, inside = self._counts.pop()
        flops = self.flops.get_total_flops() - before
        if self._counts:
            self._counts[-1][1] += flops
        label = f"{name}_{self._times[name]}" if self._times[name] else name
        self._times[name] += 1
        shape = tuple(output.shape) if isinstance(output, Tensor) else None
        self._done.append((label, self.model.get_submodule(name), shape, (flops - inside) // 2))

    def rows(self) -> list[LayerSummary]:
        """One row for each call, then one for each layer with parameters that is never called."""
        counted: set[int] = set()
        called = {id(module) for _, module, _, _ in self._done}
        idle = [(name, m, None, 0) for name, m in self.model.named_modules() if id(m) not in called]
        rows = []
        for name, module, shape, macs in self._done + idle:
            own = {id(p): p.numel() for p in module.parameters(recurse=False) if id(p) not in counted}
            counted |= own.keys()
            leaf = not any(module.children()) and shape is not None
            if leaf or own or macs:
                parameters = sum(own.values())
                rows.append(LayerSummary(name or ROOT, type(module).__name__, shape, parameters, macs, None))
        return rows


def _cells(layer: LayerSummary) -> tuple[str, ...]:
    field, shape = layer.receptive_field, layer.output_shape
    seen = _MISSING if field is None else _TIMES.join(map(str, field.size))
    output = "not called" if shape is None else _TIMES.join(map(str, shape))
    return (layer.name, layer.type, output, f"{layer.parameters:,}", f"{layer.macs:,}", seen)


def _html_row(cells: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
