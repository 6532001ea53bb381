"""Matrices as cells with numbers: one, and those of one convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlib.arithmetic import conv_output_size
from cnnlib.show import drawing as draw
from cnnlib.show.roles import INPUT, OUTPUT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, PADDING = "#f4f4f4", "#bdbdbd"


def numbers(
    values: Tensor, color: str, title: str = "", *, form: str | None = None, ax: Axes | None = None
) -> Axes:
    """A matrix as cells with its numbers, the darker, the further from zero.

    Parameters
    ----------
    values : Tensor, shape (H, W)
    color : str
        Of the largest magnitude: what the matrix is, such as ``cnnlib.show.INPUT``.
    title : str, optional
    form : str, optional
        Format of each number, such as ``"{:.3f}"``, or a text for all cells, such as ``"?"``; by default at
        most two decimals.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the values are not a matrix.
    """
    if values.ndim != 2:
        raise ValueError(f"values must be a matrix, shape (H, W), got shape {tuple(values.shape)}")
    from matplotlib.colors import to_rgb

    values = values.detach().double().cpu().numpy()
    height, width = values.shape
    ax = draw.new_axes(ax, 0.6 * width, 0.6 * height + 0.3)
    share = 0.6 * np.abs(values) / max(np.abs(values).max(), 1e-9)
    ax.imshow(1 + share[..., None] * (np.array(to_rgb(color)) - 1))
    for (i, j), value in np.ndenumerate(values):
        text = draw.number(value) if form is None else form.format(value)
        ax.text(j, i, text, ha="center", va="center", color=draw.INK)
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, color=draw.GREY)
    return ax


def convolution(
    input: Tensor,
    kernel: Tensor,
    *,
    output: Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    at: tuple[int, int] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """One convolution by numbers: the input with its padding, the kernel, and the output.

    Padding cells are darker, with dashed edges. ``at`` outlines one output cell, and the input cells that are
    multiplied with the kernel for it.

    Parameters
    ----------
    input : Tensor, shape (H, W)
        The input; leading dimensions of size 1 are dropped.
    kernel : Tensor, shape (kH, kW)
        The kernel; leading dimensions of size 1 are dropped.
    output : Tensor, shape (H_out, W_out), optional
        Numbers to print as the output, NaN for an empty cell; by default those of
        ``torch.nn.functional.conv2d``.
    stride, padding, dilation : int or (int, int)
        As in ``torch.nn.functional.conv2d``; the padding is zeros.
    at : (int, int), optional
        Row and column of the output cell to outline.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a shape does not fit, or ``at`` lies outside the output.
    """
    input, kernel = _matrix("input", input), _matrix("kernel", kernel)
    (sh, sw), (ph, pw), (dh, dw) = (
        (v, v) if isinstance(v, int) else tuple(v) for v in (stride, padding, dilation)
    )
    shape = conv_output_size(tuple(input.shape), tuple(kernel.shape), stride, padding, dilation)
    if output is None:
        output = F.conv2d(input[None, None], kernel[None, None], None, (sh, sw), (ph, pw), (dh, dw))[0, 0]
    output = _matrix("output", output)
    if tuple(output.shape) != shape:
        raise ValueError(f"output must have shape {shape} for these arguments, got {tuple(output.shape)}")
    if at is not None and not (0 <= at[0] < shape[0] and 0 <= at[1] < shape[1]):
        raise ValueError(f"at must be a (row, column) of the output, which has shape {shape}, got {at}")

    padded = F.pad(input, (pw, pw, ph, ph))
    kh, kw = kernel.shape
    inside = {(i + ph, j + pw) for i, j in np.ndindex(*input.shape)}
    taps, picked = frozenset(), frozenset()
    if at is not None:
        taps = frozenset((at[0] * sh + i * dh, at[1] * sw + j * dw) for i, j in np.ndindex(kh, kw))
        picked = frozenset([tuple(at)])
    columns = padded.shape[1] + kw + shape[1] + 2.2  # a column for each of the two signs, and margins
    rows = max(padded.shape[0], kh, shape[0]) + 1.3  # a row for the names, and margins
    cell = min(0.36, 6.0 / columns)
    ax = draw.new_axes(ax, columns * cell, rows * cell)
    width, height = draw.size_in_inches(ax)
    cell = min(width / columns, height / rows)
    middle = (rows - 1.3) / 2
    left = 0.0
    for name, grid, sign, marks in (
        (
            "input",
            padded,
            "$\\star$",
            {"outlined": taps, "padding": frozenset(np.ndindex(*padded.shape)) - inside},
        ),
        ("kernel", kernel, "=", {}),
        ("output", output, "", {"outlined": picked, "color": OUTPUT}),
    ):
        top = middle - grid.shape[0] / 2
        _number_grid(ax, grid.numpy(), left=left, top=top, cell=cell, **marks)
        text = {"ha": "center", "color": draw.GREY}
        ax.text(left + grid.shape[1] / 2, top - 0.2, name, va="bottom", fontsize=36 * cell, **text)
        left += grid.shape[1]
        ax.text(left + 0.5, middle, sign, va="center", fontsize=55 * cell, **text)
        left += 1
    ax.set(xlim=(-0.1, columns - 0.1), ylim=(2 * middle + 0.1, -1.2), aspect="equal")
    ax.set_axis_off()
    return ax


def _number_grid(
    ax: Axes,
    values: np.ndarray,
    *,
    left: float,
    top: float,
    cell: float,
    outlined: frozenset[tuple[int, int]] = frozenset(),
    padding: frozenset[tuple[int, int]] = frozenset(),
    color: str = INPUT,
) -> None:
    """Draw a matrix as cells of one data unit (``cell`` inches wide) with their numbers."""
    from matplotlib.patches import Rectangle

    texts = {place: draw.number(value) for place, value in np.ndenumerate(values)}
    longest = max(map(len, texts.values()))
    font = cell * 72 * min(0.5, 0.88 / (0.62 * max(longest, 1)))
    for (i, j), text in texts.items():
        dashed = (i, j) in padding
        face = PADDING if dashed else PAPER
        ax.add_patch(
            Rectangle(
                (left + j, top + i),
                1,
                1,
                facecolor=face,
                edgecolor=draw.GREY,
                lw=0.8,
                ls="--" if dashed else "-",
            )
        )
        if (i, j) in outlined:
            inset = 0.06
            ax.add_patch(
                Rectangle(
                    (left + j + inset, top + i + inset),
                    1 - 2 * inset,
                    1 - 2 * inset,
                    facecolor="none",
                    edgecolor=color,
                    lw=7 * cell,
                    zorder=3,
                )
            )
        ax.text(
            left + j + 0.5,
            top + i + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=font,
            color=draw.INK,
            zorder=4,
        )


def _matrix(name: str, values: Tensor | Sequence) -> Tensor:
    """The values as a floating-point matrix, leading dimensions of size 1 dropped."""
    matrix = torch.as_tensor(values).detach().cpu().double()
    while matrix.ndim > 2 and matrix.shape[0] == 1:
        matrix = matrix[0]
    if matrix.ndim != 2 or matrix.numel() == 0:
        raise ValueError(
            f"{name} must have shape (H, W), got {tuple(matrix.shape)}; take one channel of one image"
        )
    return matrix
