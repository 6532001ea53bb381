"""What the static figures are written with: numbers, calls, tables."""

import base64
import html
import io
from collections.abc import Callable, Iterable

import numpy as np
import torch
from PIL import Image
from torch import Tensor

MINUS = "\N{MINUS SIGN}"


def parse(rows: str) -> Tensor:
    """Read ``"1 2;3 4"`` as a float tensor, shape (H, W)."""
    return torch.tensor([[float(v) for v in row.split()] for row in rows.split(";")])


def number(value: float) -> str:
    """Write a number with a true minus sign and no needless decimals."""
    value = float(value)
    text = f"{abs(value):,.0f}" if value == int(value) else f"{abs(value):,.2f}"
    return MINUS + text if value < 0 else text


def exact(value: float) -> str:
    """Write a number with a true minus sign and all its decimals: sums of quarters have few."""
    text = f"{abs(float(value)):,.9f}".rstrip("0").rstrip(".")
    return MINUS + text if value < 0 else text


def factor(value: float) -> str:
    """Write a number inside a product: negative ones in parentheses."""
    return f"({number(value)})" if value < 0 else number(value)


def call(function: str, arguments: str, **options: tuple[object, object]) -> str:
    """Write a PyTorch call with the options that differ from their default: ``name=(value, default)``."""
    given = [f"{name}={value}" for name, (value, default) in options.items() if value != default]
    return f"{function}({', '.join([arguments, *given])})"


def table(caption: str, values: Tensor, mark: Callable[[int, int], str] = lambda row, column: "") -> str:
    """Write a grid; ``mark`` names the tag that sets a cell apart (b, i, s or nothing)."""
    rows = []
    for r, row in enumerate(values.tolist()):
        cells = []
        for c, value in enumerate(row):
            tag = mark(r, c)
            cells.append(f"<td><{tag}>{number(value)}</{tag}></td>" if tag else f"<td>{number(value)}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><caption>{caption}</caption><tbody>{''.join(rows)}</tbody></table>"


def to_data_uri(pixels: np.ndarray) -> str:
    """Store a uint8 picture, shape (H, W) or (H, W, 3), as a PNG inside a URI."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def block(name: str, data: dict[str, object], lines: Iterable[str]) -> str:
    """Wrap the fallback in the element ``boot.mjs`` looks for, without blank lines, where Markdown stops."""
    attributes = "".join(f' data-{key}="{html.escape(str(value))}"' for key, value in data.items())
    return "\n".join([f'<div class="cnn-widget" data-cnn-widget="{name}"{attributes}>', *lines, "</div>"])
