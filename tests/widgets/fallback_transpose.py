"""The static `transpose` figure: one transposed convolution in two views, computed with PyTorch."""

import torch
import torch.nn.functional as F
from fallback_parts import MINUS, block, call, factor, number, parse, table
from torch import Tensor

INPUT = "1 2 0;3 1 2;0 1 1"
KERNEL = "1 2 0;0 1 3;2 0 1"


def insert_zeros(x: Tensor, kernel_size: int, stride: int, padding: int, output_padding: int) -> Tensor:
    """Return the input, shape (H, W), with zeros between and around its numbers."""
    height, width = x.shape
    spread = x.new_zeros((height - 1) * stride + 1, (width - 1) * stride + 1)
    spread[::stride, ::stride] = x
    before = kernel_size - 1 - padding
    return F.pad(spread, (before, before + output_padding) * 2)


def transpose(
    *,
    input: str = INPUT,
    kernel: str = KERNEL,
    stride: int = 2,
    padding: int = 0,
    output_padding: int = 0,
    view: str = "scatter",
    at: int = 1,
    row: int = 2,
    column: int = 2,
) -> str:
    """Markup of the `transpose` figure, with the products of the output at ``row``, ``column``."""
    if view == "resize":
        raise ValueError('the static picture shows the views "scatter" and "zeros" only')
    x, w = parse(input), parse(kernel)
    options = {"stride": stride, "padding": padding, "output_padding": output_padding}

    def enlarge(values: Tensor, weights: Tensor) -> Tensor:
        return F.conv_transpose2d(values[None, None], weights[None, None], **options)[0, 0]

    y, counts = enlarge(x, w), enlarge(torch.ones_like(x), torch.ones_like(w))
    n, k, size = len(x), len(w), len(y)
    # The weight that joins an input to this output is what an input of 1 at its place puts there.
    products = []
    for i in range(n * n):
        one = torch.zeros(n * n)
        one[i] = 1
        joined = enlarge(one.view(n, n), torch.arange(1.0, k * k + 1).view(k, k))[row, column]
        if joined:
            weight = w.flatten()[int(joined) - 1]
            products.append(f"{factor(x.flatten()[i])}×{factor(weight)}")
    step, value = divmod(at, n), x.flatten()[at]
    added = ", ".join(f"{factor(value)}×{factor(weight)}" for weight in w.flatten().tolist())
    written = f"({n} {MINUS} 1)×{stride} {MINUS} 2×{padding} + ({k} {MINUS} 1) + {output_padding} + 1"
    given = {"stride": (stride, 1), "padding": (padding, 0), "output_padding": (output_padding, 0)}
    return block(
        "transpose",
        {"input": input, "kernel": kernel, "stride": stride, "padding": padding}
        | {"output-padding": output_padding, "view": view, "at": at, "row": row, "column": column},
        [
            table("Input x", x),
            table("Kernel w", w),
            table(
                f"Output y (bold: row {row}, column {column})",
                y,
                lambda r, c: "b" if (r, c) == (row, column) else "",
            ),
            table("How many products each output adds up", counts),
            f"<p>Scatter: each number of x, times the kernel, is added to the output, {stride} further for "
            f"each step in x. x[{step[0]}, {step[1]}] = {number(value)} adds {added}. Where they "
            f"overlap, they add up: y[{row}, {column}] = {' + '.join(products) or 0} = "
            f"<b>{number(y[row, column])}</b>.</p>",
            table("Insert zeros: x spread out", insert_zeros(x, k, stride, padding, output_padding)),
            table("Kernel w, flipped", w.flip(0, 1)),
            "<p>An ordinary convolution with stride 1 of the spread input with the flipped kernel gives the "
            "same output.</p>",
            f"<p>Size of y: {written} = {size}.</p>",
            f"<p>In PyTorch: <code>{call('F.conv_transpose2d', 'x, w', **given)}</code></p>",
        ],
    )
