"""The static `receptive-field` figure: a stack of layers, unit by unit, counted with gradients of PyTorch."""

import math
from itertools import pairwise

import torch
from fallback_parts import MINUS, block, call, number
from torch import Tensor, nn

NAMES = ("kernel_size", "stride", "padding", "dilation")


def ones_stack(layers: list[dict[str, int]], convolution: type[nn.Module] = nn.Conv1d) -> nn.Sequential:
    """A stack of convolutions whose weights are all 1: its gradients count paths."""
    stack = nn.Sequential(*[convolution(1, 1, bias=False, **layer) for layer in layers]).double()
    for layer in stack:
        nn.init.ones_(layer.weight)
    return stack


def paths_in_rows(stack: nn.Sequential, size: int, unit: int) -> list[list[int]]:
    """Count the paths from every unit of every row, the input first, to ``unit`` of the last row."""
    rows = [torch.zeros(1, 1, size, dtype=torch.double, requires_grad=True)]
    for layer in stack:
        rows.append(layer(rows[-1]))
        rows[-1].retain_grad()
    rows[-1][0, 0, unit].backward()
    return [row.grad[0, 0].int().tolist() for row in rows]


def measure_field(layers: list[dict[str, int]]) -> tuple[int, int, int]:
    """Size, jump and first pixel (of unit 0) of the last row's field, seen in gradients off the borders."""
    stack = ones_stack(layers)
    reach = [layer["dilation"] * (layer["kernel_size"] - 1) + 2 * layer["padding"] for layer in layers]
    x = torch.zeros(1, 1, 400 + 3 * sum(reach) * math.prod(layer["stride"] for layer in layers))
    x.requires_grad_()
    y = stack(x.double())[0, 0]
    unit = len(y) // 2
    ends = []
    for output in (y[unit], y[unit + 1]):
        (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
        pixels = gradient[0, 0].nonzero().flatten()
        ends.append((int(pixels.min()), int(pixels.max())))
    (first, last), (following, _) = ends
    jump = following - first
    assert first > 0
    assert last < x.shape[-1] - jump
    return last - first + 1, jump, first - unit * jump


def measure_fields(layers: list[dict[str, int]]) -> list[tuple[int, int, int]]:
    """Return what ``measure_field`` finds in each row, the input first."""
    return [(1, 1, 0)] + [measure_field(layers[:depth]) for depth in range(1, len(layers) + 1)]


def fewest_that_hold_half(counts: Tensor) -> int:
    """Return how many of the largest counts together reach half of the sum."""
    largest_first = counts.flatten().sort(descending=True).values
    return int((2 * largest_first.cumsum(0) < largest_first.sum()).sum()) + 1


def picture(
    layers: list[dict[str, int]], rows: list[list[int]], fields: list[tuple[int, int, int]], unit: int
) -> str:
    """Draw the rows as a table: the output on top, each unit in the column of the middle of its field."""
    columns: list[dict[int, str]] = []
    for depth, counts in enumerate(rows):
        size, jump, start = fields[depth]
        padding = layers[depth]["padding"] if depth < len(layers) else 0
        cells = {}
        for place in range(-padding, len(counts) + padding):
            inside = 0 <= place < len(counts)
            text = "·" if inside else "<i>p</i>"
            if inside and counts[place]:
                text = f"<b>{counts[place]}</b>"
            cells[start + place * jump + (size - 1) // 2] = text
        columns.append(cells)
    low, high = min(min(cells) for cells in columns), max(max(cells) for cells in columns)
    lines = [
        f"<tr><th>{depth}</th>"
        + "".join(f"<td>{columns[depth].get(x, '')}</td>" for x in range(low, high + 1))
        + "</tr>"
        for depth in reversed(range(len(rows)))
    ]
    caption = (
        f"Rows: layer {len(layers)} on top, the input (0) at the bottom. A number counts the paths from that "
        f"unit up to unit {unit} of layer {len(layers)}; a dot is a unit without a path, p is padding."
    )
    return (
        f'<table class="cnn-lanes" style="--columns: {high - low + 2}"><caption>{caption}</caption>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def recurrences(
    layers: list[dict[str, int]], rows: list[list[int]], fields: list[tuple[int, int, int]]
) -> str:
    """Write the table of sizes and jumps; what it says must be what the gradients show."""
    lines = [f"<tr><th>0 (input)</th><td>1</td><td>1</td><td>{len(rows[0])}</td></tr>"]
    for depth, layer in enumerate(layers, start=1):
        (before, jump, _), (size, next_jump, _) = fields[depth - 1], fields[depth]
        k, stride, dilation = layer["kernel_size"], layer["stride"], layer["dilation"]
        assert size == before + dilation * (k - 1) * jump
        assert next_jump == jump * stride
        lines.append(
            f"<tr><th>{depth}</th><td>{before} + {dilation}×({k} {MINUS} 1)×{jump} = {size}</td>"
            f"<td>{jump}×{stride} = {next_jump}</td><td>{len(rows[depth])}</td></tr>"
        )
    return (
        "<table><thead><tr><th>layer</th>"
        f"<th>size r<sub>l</sub> = r<sub>l{MINUS}1</sub> + D(K {MINUS} 1)·j<sub>l{MINUS}1</sub></th>"
        f"<th>jump j<sub>l</sub> = j<sub>l{MINUS}1</sub>·S</th><th>units</th></tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def tell(
    layers: list[dict[str, int]], counts: list[int], fields: list[tuple[int, int, int]], unit: int
) -> str:
    """Write the sentence on one unit's field, as the live figure does."""
    r, jump, start = fields[-1]
    first = start + unit * jump
    last = first + r - 1
    steps = [after - before for (before, _, _), (after, _, _) in pairwise(fields)]
    outside = min(r, max(0, -first) + max(0, last - len(counts) + 1))
    inside, reached = r - outside, sum(count > 0 for count in counts)
    shown = counts[max(0, first) : last + 1]
    together, everything = sum(counts), math.prod(layer["kernel_size"] for layer in layers)
    factors = "×".join(str(layer["kernel_size"]) for layer in layers)
    where = number(first) if r == 1 else f"from {number(first)} to {number(last)}"
    text = f"Unit {unit} of layer {len(layers)}: r<sub>{len(layers)}</sub> = 1 + "
    text += f"{' + '.join(map(str, steps))} = <b>{number(r)}</b> pixels, {where}."
    if outside:
        text += f" {number(outside)} of them {'lies' if outside == 1 else 'lie'} outside the input."
    if reached < inside:
        text += f" It reads only {reached} of the {inside} pixels{' inside' if outside else ''}."
    if shown:
        text += f" Paths to {'those inside' if outside else 'them'}: {', '.join(map(number, shown))}."
    text += f" Together {number(together)}"
    if together < everything:
        return text + f" of {factors} = {number(everything)}: the others end in zeros of the padding."
    return text + f" = {factors}."


def receptive_field(*, layers: str = "3 1 1 1;3 1 1 1;3 1 1 1", size: int = 16, unit: int = 7) -> str:
    """Markup of the `receptive-field` figure; a layer is "kernel stride padding dilation"."""
    geometry = [dict(zip(NAMES, map(int, row.split()), strict=True)) for row in layers.split(";")]
    rows = paths_in_rows(ones_stack(geometry), size, unit)
    fields = measure_fields(geometry)
    image = torch.zeros(1, 1, size, size, dtype=torch.double, requires_grad=True)
    ones_stack(geometry, nn.Conv2d)(image)[0, 0, unit, unit].backward()
    counts = image.grad[0, 0]
    r, _, start = fields[-1]
    first = start + unit * fields[-1][1]
    of_the_image = " of the image" if first < 0 or first + r > size else ""
    options = {"stride": 1, "padding": 0, "dilation": 1}
    calls = [
        call("nn.Conv1d", f"1, 1, {g['kernel_size']}", **{o: (g[o], usual) for o, usual in options.items()})
        for g in geometry
    ]
    return block(
        "receptive-field",
        {"layers": layers, "size": size, "unit": unit},
        [
            picture(geometry, rows, fields, unit),
            f"<p>{tell(geometry, rows[0], fields, unit)}</p>",
            recurrences(geometry, rows, fields),
            f"<p>In two directions: the theoretical field is a square of {r}×{r} = {number(r * r)} pixels. "
            f"The unit in row {unit}, column {unit} reads {number(int((counts > 0).sum()))} "
            f"pixels{of_the_image}; half of all its paths to the image end in "
            f"{number(fewest_that_hold_half(counts))} of them.</p>",
            "<p>The counts are exact: in a stack whose weights are all 1, without bias and activation, they "
            "are the derivative of the unit with respect to each pixel.</p>",
            f"<p>In PyTorch: <code>nn.Sequential({', '.join(calls)})</code></p>",
        ],
    )
