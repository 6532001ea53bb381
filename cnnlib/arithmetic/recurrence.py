"""A receptive field and what windows, joins and reshapes do to it: the recurrence in exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

Number = int | Fraction


class UnsupportedError(Exception):
    """The recurrence does not cover a layer; the message completes 'cannot follow <layer>: …'."""


@dataclass(frozen=True)
class Field:
    """The units of one tensor and what the first of them sees; a tuple has one entry a spatial dimension."""

    start: tuple[Number, ...]  # first input position that the first unit sees
    size: tuple[Number, ...]
    jump: tuple[Number, ...]  # from one unit to the next
    positions: tuple[int, ...]  # number of units
    flat: bool = False  # the positions were flattened into the features


def window(
    field: Field,
    positions: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[Number],
    before: Sequence[int],
    dilation: Sequence[int],
) -> Field:
    """A window slides over the units: size + D(K - 1) jump, and the jump grows by the stride."""
    axes = zip(field.start, field.size, field.jump, kernel, stride, before, dilation, strict=True)
    start, size, jump = zip(
        *((b - p * j, r + d * (k - 1) * j, j * s) for b, r, j, k, s, p, d in axes), strict=True
    )
    return replace(field, start=start, size=size, jump=jump, positions=tuple(positions))


def whole(field: Field, axes: Sequence[int] | None = None) -> Field:
    """One unit takes in all positions along these axes, as a window as large as the tensor."""
    n = len(field.size)
    count = [p if axes is None or i in axes else 1 for i, p in enumerate(field.positions)]
    left = [1 if axes is None or i in axes else p for i, p in enumerate(field.positions)]
    return window(field, left, count, count, (0,) * n, (1,) * n)


def adaptive(field: Field, positions: Sequence[int]) -> Field:
    """PyTorch's adaptive pooling: unit i of O takes positions floor(i I / O) to ceil((i + 1) I / O)."""
    kernel, stride = [], []
    for n, o in zip(field.positions, positions, strict=True):
        starts = [i * n // o for i in range(o)]
        kernel.append(max(-(-(i + 1) * n // o) - starts[i] for i in range(o)))
        stride.append(Fraction(starts[-1], o - 1) if o > 1 else n)
    zero, one = (0,) * len(kernel), (1,) * len(kernel)
    return window(field, positions, kernel, stride, zero, one)


def union(fields: Sequence[Field]) -> Field:
    """What units see that combine the units at the same place of several tensors."""
    first = fields[0]
    if any(f.positions != first.positions or f.flat != first.flat for f in fields):
        raise UnsupportedError("it combines tensors of different spatial sizes")
    for i, n in enumerate(first.positions):
        if n > 1 and len({f.jump[i] for f in fields}) > 1:
            raise UnsupportedError("it combines tensors whose units are spaced differently over the input")
    axes = range(len(first.size))
    start = tuple(min(f.start[i] for f in fields) for i in axes)
    end = tuple(max(f.start[i] + f.size[i] for f in fields) for i in axes)
    size = tuple(e - s for s, e in zip(start, end, strict=True))
    jump = tuple(max(f.jump[i] for f in fields) for i in axes)
    return replace(first, start=start, size=size, jump=jump)


def without_gates(fields: Sequence[Field]) -> list[Field]:
    """Leave out operands of one position that are broadcast over the others: a gate or a global offset."""
    spread = [f for f in fields if max(f.positions) > 1]
    return spread or list(fields)


def reshape(field: Field, shape: Sequence[int]) -> Field:
    """Flatten, view, squeeze and the like; the spatial dimensions stay last or all become features."""
    n = len(field.size)
    last = tuple(shape[-n:])
    if not field.flat and len(shape) > n and last == field.positions:
        return field
    if max(field.positions) == 1:  # one unit: nothing about places can get lost
        if len(shape) < n + 2:
            return replace(field, flat=True)
        # every position made from the one unit sees what it saw, so the jump is zero
        return replace(
            field,
            flat=False,
            positions=last,
            jump=tuple(0 if p > 1 else j for p, j in zip(last, field.jump, strict=True)),
        )
    if len(shape) <= 2:
        return replace(field, flat=True)
    raise UnsupportedError("it mixes spatial dimensions with others")
