"""Look at which pixels of an image the outputs of a network depend on.

Pixels are marked with NaN: whatever depends on a NaN becomes NaN. This knows no network that meets a task's
conditions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.check.compare import plain
from cnnlib.check.forbidden import ForbiddenCall, forbid

NARROW = 32  # columns of an image of which one row is marked
CONTAINERS = ("torch.nn.modules.module", "torch.nn.modules.container")


def faults(model: nn.Module, wanted: Mapping[str, Any], side: int) -> list[str]:
    """Say which conditions a network does not meet.

    Parameters
    ----------
    model : nn.Module
        It is changed: to float64, and to evaluation mode.
    wanted : dict
        "channels" of the image; "field", the height and width of the receptive field of each output channel
        in each channel of the image; "whole", whether every pixel of it is read and the output's own pixel
        is its center (the output is then as large as the image); "parameters" at most. Optional are
        "layers", the only ones of `torch.nn` that it may have, and with it "without", functions that it may
        not call.
    side : int
        Of the square images to try.
    """
    with torch.no_grad():
        model.eval()(torch.zeros(1, wanted["channels"], side, side))  # lazy layers are made by a call
    found = of_layers(model, wanted["layers"]) if "layers" in wanted else []
    total, most = sum(parameter.numel() for parameter in model.parameters()), wanted["parameters"]
    if total > most:
        found.append(f"It has {total:,} parameters, {total - most:,} more than {most:,}.")
    look = of_whole_field if wanted["whole"] else of_span
    try:
        with torch.no_grad(), forbid(*wanted.get("without", ())):
            return found + look(model.double(), wanted["channels"], wanted["field"], side)
    except ForbiddenCall as error:
        allowed = " and ".join(f"nn.{name}" for name in wanted["layers"])
        call = str(error).partition(" is called")[0]
        return [*found, f"It calls {call}; the maps may go through {allowed} only."]


def of_layers(model: nn.Module, allowed: Sequence[str]) -> list[str]:
    """Say so if a network has other layers of `torch.nn`, or parameters outside of those allowed."""
    found, only = [], " and ".join(f"nn.{name}" for name in allowed)
    kinds = [(part, _library_kind(part)) for part in model.modules()]
    others = sorted({kind for _, kind in kinds if kind} - {*allowed})
    if others:
        found.append(f"It contains {', '.join(others)}; use {only} only.")
    if any(kind is None and list(part.parameters(recurse=False)) for part, kind in kinds):
        found.append(f"It has parameters that belong to no layer; use {only} only.")
    return found


def _library_kind(part: nn.Module) -> str | None:
    """Return the name of the layer of `torch.nn` that a module is or extends."""
    kinds = (kind for kind in type(part).__mro__ if kind.__module__.startswith("torch.nn.modules."))
    return next((kind.__name__ for kind in kinds if kind.__module__ not in CONTAINERS), None)


def of_whole_field(model: nn.Module, channels: int, field: int, side: int) -> list[str]:
    """Say what is wrong with the outputs that a pixel changes, in the middle of an image and elsewhere."""
    middle, *others = [(side // 2, side // 2), (1, side - 2), (side - 2, 1), (side // 2 + 1, side // 3)]
    seen, *elsewhere = _seen(model, channels, side, [middle, *others])
    in_some = seen.any(0).any(0)
    if not in_some.any():
        return ["No output depends on the image."]
    rows, columns = (in_some.nonzero() - side // 2).unbind(1)
    height, width = (int(place.max() - place.min()) + 1 for place in (rows, columns))
    found = _size(height, width, field, side)
    if len(rows) < height * width:
        found.append(
            f"The field has holes: an output reads {len(rows)} of the {height} x {width} = {height * width} "
            f"pixels that it spans, {height * width - len(rows)} are missing."
        )
    cut_off = side in (height, width)
    if not cut_off and (int(rows.max() + rows.min()) or int(columns.max() + columns.min())):
        found.append("The field is not centered on the output's own pixel: it reaches further on one side.")
    found += _channels((seen == in_some).flatten(2).all(2))
    for place, outputs in zip(others, elsewhere, strict=True):
        rows, columns = ((torch.arange(side) - center).abs() <= field // 2 for center in place)
        if not found and not (outputs == rows[:, None] & columns).all():
            found.append(
                f"A pixel in the middle changes the right outputs, but pixel {[*place]} of {side} x {side} "
                "does not: wherever an output is, it must read the pixels around it."
            )
    return found


def _seen(model: nn.Module, channels: int, side: int, places: Sequence[tuple[int, int]]) -> Tensor:
    """Return which outputs depend on a pixel: (place, channel, output channel, row, column)."""
    # In float32, fast convolutions would spread a NaN to other outputs.
    marked = torch.zeros(len(places), channels, channels, side, side, dtype=torch.float64)
    for number, (row, column) in enumerate(places):
        marked[number, range(channels), range(channels), row, column] = torch.nan
    return plain(model(marked.flatten(0, 1))).isnan().unflatten(0, (len(places), channels))


def of_span(model: nn.Module, channels: int, field: int, side: int) -> list[str]:
    """Say what is wrong with the rows and the columns that outputs see, in the middle and elsewhere."""
    sizes, right, regular = [], True, True
    for vertical in (True, False):
        seen = _seen_lines(model, channels, side, vertical)  # line, channel, output channel, unit, across
        first = seen.int().argmax(0)  # the first of several that are equal
        last = side - 1 - seen.flip(0).int().argmax(0)
        unit, across = (number // 2 for number in seen.shape[3:])
        lines = seen[:, :, :, unit, across].flatten(1).any(1).nonzero().flatten().tolist()
        sizes.append(lines[-1] - lines[0] + 1 if lines else 0)
        if lines:
            both = (first == lines[0]) & (last == lines[-1]) & seen.any(0)
            right = right & both[:, :, unit, across]
            regular = regular and _regular(first, last, lines[0], field, side)
    found = _size(*sizes, field, side)
    found += _channels(right) if all(sizes) else []
    if not found and not regular:
        found.append("An output in the middle sees as far as it should, but others do not.")
    return found


def _regular(first: Tensor, last: Tensor, start: int, field: int, side: int) -> bool:
    """Whether all outputs that the border does not cut off see as many lines as the one in the middle."""
    units = torch.arange(first.shape[2])
    starts = start + (units - len(units) // 2) * (side // len(units))
    inside = (starts >= 0) & (starts + field <= side)
    starts = starts[inside][:, None]
    return bool((first[:, :, inside] == starts).all() and (last[:, :, inside] == starts + field - 1).all())


def _seen_lines(model: nn.Module, channels: int, side: int, vertical: bool) -> Tensor:
    """Return which outputs depend on a row or a column; a row at a time, so that it may be a short one."""
    marked = torch.zeros(side, channels, channels, side, NARROW, dtype=torch.float64)
    lines = torch.arange(side)
    for channel in range(channels):
        marked[lines, channel, channel, lines] = torch.nan
    images = marked.flatten(0, 1)
    maps = plain(model(images)) if vertical else plain(model(images.mT)).mT
    return maps.isnan().unflatten(0, (side, channels))


def _size(height: int, width: int, field: int, side: int) -> list[str]:
    if (height, width) == (field, field):
        return []
    least = "at least " if side in (height, width) else ""  # it may be larger than the image
    return [
        f"Its receptive field spans {least}{height} x {width} pixels, expected {field} x {field}: "
        f"{height - field:+d} rows and {width - field:+d} columns."
    ]


def _channels(right: Tensor) -> list[str]:
    """Say so if not every output channel sees each channel of the image as far."""
    if right.all():
        return []
    channels, outputs = right.shape
    return [
        f"Output channels that see the whole field in each of the {channels} channels of the image: "
        f"{int(right.all(0).sum())}, expected {outputs}."
    ]
