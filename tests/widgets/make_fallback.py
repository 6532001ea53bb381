"""Print the HTML of the interactive figures: what a page shows before, or without, JavaScript.

Every number is computed here with PyTorch. A chapter pastes one block into a markdown cell; a test makes
the same block again from the data attributes found in the chapter and compares.

    python tests/widgets/make_fallback.py conv --stride 2 --padding 1
    python tests/widgets/make_fallback.py filter --preset sobel-x
    python tests/widgets/make_fallback.py channels --in-channels 8 --out-channels 16
    python tests/widgets/make_fallback.py receptive-field --layers "3 1 1 1;3 1 1 1" --unit 7
    python tests/widgets/make_fallback.py shift --method max --shift 1
    python tests/widgets/make_fallback.py transpose --stride 2 --padding 1
    python tests/widgets/make_fallback.py nms --threshold 0.5

With --into and --cell the block goes into that cell of a chapter, in place of the one that it held, else at
its end:

    python tests/widgets/make_fallback.py --into book/segmentation.ipynb --cell figure-transpose transpose
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from fallback_nms import nms
from fallback_parts import MINUS, block, call, factor, number, parse, table, to_data_uri
from fallback_receptive_field import receptive_field
from fallback_shift import shift
from fallback_transpose import transpose
from make_photo import read_module
from torch import nn

INPUT = "1 0 2 1 3;0 2 1 0 1;3 1 0 2 0;1 2 1 1 2;0 1 3 0 1"
KERNEL = "1 2 0;0 1 -1;-1 0 1"
# 3×3 kernels, as cross-correlation uses them; `divisor` divides the sum.
PRESETS = {
    "identity": ("0 0 0;0 1 0;0 0 0", 1, "identity"),
    "box": ("1 1 1;1 1 1;1 1 1", 9, "box blur"),
    "sobel-x": ("-1 0 1;-2 0 2;-1 0 1", 1, "Sobel x"),
    "sobel-y": ("-1 -2 -1;0 0 0;1 2 1", 1, "Sobel y"),
}


def conv(
    *,
    input: str = INPUT,
    kernel: str = KERNEL,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    flip: str = "false",
    at: int = 1,
) -> str:
    """Markup of the `conv` figure, showing output number ``at`` (counted row by row from 0)."""
    x, w = parse(input), parse(kernel)
    used = w.flip(-2, -1) if flip == "true" else w
    y = F.conv2d(x[None, None], used[None, None], stride=stride, padding=padding, dilation=dilation)[0, 0]
    padded = F.pad(x, (padding,) * 4)
    (out_h, out_w), (k_h, k_w), (in_h, in_w) = y.shape, w.shape, x.shape
    row, column = divmod(at, out_w)
    taps = [
        (row * stride + i * dilation, column * stride + j * dilation) for i in range(k_h) for j in range(k_w)
    ]
    last_row = (out_h - 1) * stride + dilation * (k_h - 1)
    last_column = (out_w - 1) * stride + dilation * (k_w - 1)

    def mark(r: int, c: int) -> str:
        if (r, c) in taps:
            return "b"
        if r > last_row or c > last_column:
            return "s"
        inside = padding <= r < padding + in_h and padding <= c < padding + in_w
        return "" if inside else "i"

    notes = ["bold: the pixels under the kernel"]
    notes += ["italic: the padding"] if padding else []
    dropped = last_row < padded.shape[0] - 1 or last_column < padded.shape[1] - 1
    notes += ["struck through: dropped at the end"] if dropped else []
    products = " + ".join(
        f"{factor(weight)}×{factor(padded[r, c])}"
        for weight, (r, c) in zip(used.flatten().tolist(), taps, strict=True)
    )

    def size(n: int, k: int) -> str:
        numerator = n + 2 * padding - dilation * (k - 1) - 1
        return (
            f"⌊({n} + 2×{padding} {MINUS} {dilation}×({k} {MINUS} 1) {MINUS} 1)/{stride}⌋ + 1 = "
            f"⌊{numerator}/{stride}⌋ + 1 = {numerator // stride + 1}"
        )

    sizes = f"Height: {size(in_h, k_h)}. Width: {size(in_w, k_w)}."
    if in_h == in_w and k_h == k_w:
        sizes = f"Height and width: {size(in_h, k_h)}."
    weight = "w.flip(-2, -1)" if flip == "true" else "w"
    line = call("F.conv2d", f"x, {weight}", stride=(stride, 1), padding=(padding, 0), dilation=(dilation, 1))
    data = {"input": input, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    kernel_name = "Kernel, flipped" if flip == "true" else "Kernel"
    return block(
        "conv",
        data | {"flip": flip, "at": at},
        [
            table(f"Input ({'; '.join(notes)})", padded, mark),
            table(kernel_name, used),
            table(
                f"Output (bold: row {row}, column {column})",
                y,
                lambda r, c: "b" if (r, c) == (row, column) else "",
            ),
            f"<p>Output at row {row}, column {column}, each term a kernel value times an input value: "
            f"{products} = <b>{number(y[row, column])}</b>.</p>",
            f"<p>{sizes}</p>",
            f"<p>In PyTorch: <code>{line}</code></p>",
        ],
    )


def filter(
    *, source: str = "photo", preset: str = "sobel-x", size: int = 3, row: int = 16, column: int = 43
) -> str:
    """Markup of the `filter` figure: picture and response side by side, and the sum at one pixel."""
    if source != "photo" or size != 3:
        raise ValueError('the static picture is made for source="photo" and size=3 only')
    kernel, divisor, name = PRESETS[preset]
    photo = read_module()
    x, w = torch.from_numpy(photo.copy()).float(), parse(kernel)
    y = F.conv2d(x[None, None], w[None, None], padding=1)[0, 0] / divisor
    window = F.pad(x, (1, 1, 1, 1))[row : row + 3, column : column + 3]
    largest = y.abs().max()
    shown = ((y / largest + 1) / 2 * 255).round().to(torch.uint8).numpy()
    picture = np.full((64, 136), 255, np.uint8)
    picture[:, :64], picture[:, 72:] = photo, shown
    alt = (
        "Left: a 64 by 64 pixel gray portrait of Grace Hopper in uniform. "
        f"Right: its response to the {name} kernel, middle gray where the response is 0, "
        f"lighter where it is positive, darker where it is negative; the largest size is {number(largest)}."
    )
    products = window * w
    terms = " + ".join(
        f"{factor(a)}×{factor(b)}"
        for a, b in zip(w.flatten().tolist(), window.flatten().tolist(), strict=True)
    )
    total = products.sum()
    result = f"<b>{number(total)}</b>"
    if divisor != 1:
        result = f"{number(total)}; divided by {divisor}: <b>{number(y[row, column])}</b>"
    weight = "w" if divisor == 1 else f"w / {divisor}"
    return block(
        "filter",
        {"source": source, "preset": preset, "size": size, "row": row, "column": column},
        [
            f'<img class="dark-light" src="{to_data_uri(picture)}" width="408" height="192" alt="{alt}">',
            table(f"Pixels around row {row}, column {column}", window),
            table(f"Kernel: {name}", w),
            table("Products", products),
            f"<p>Response at row {row}, column {column}, each term a kernel value times a pixel: "
            f"{terms} = {result}.</p>",
            f"<p>In PyTorch: <code>F.conv2d(x, {weight}, padding=1)</code></p>",
        ],
    )


def channels(
    *,
    in_channels: int = 8,
    out_channels: int = 16,
    kernel_size: int = 3,
    groups: int = 1,
    layer: str = "convolution",
    bias: str = "true",
    height: int = 32,
    width: int = 32,
) -> str:
    """Markup of the `channels` figure: parameters and MACs of a layer and of a depthwise-separable pair."""
    with_bias = bias == "true"

    def module(inputs: int, outputs: int, k: int, g: int) -> nn.Conv2d:
        return nn.Conv2d(inputs, outputs, k, padding="same", groups=g, bias=with_bias)

    def describe(title: str, conv: nn.Conv2d) -> tuple[str, int, int]:
        o, i, k, _ = conv.weight.shape
        parameters = sum(p.numel() for p in conv.parameters())
        macs = conv.weight.numel() * height * width
        plus = f" + {o}" if with_bias else ""
        row = (
            f"<tr><th>{title}</th><td>({o}, {i}, {k}, {k})</td>"
            f"<td>{o}×{i}×{k}×{k}{plus} = <b>{number(parameters)}</b></td>"
            f"<td>{height}×{width}×{o}×{i}×{k}×{k} = <b>{number(macs)}</b></td></tr>"
        )
        return row, parameters, macs

    rows = [describe("Convolution", module(in_channels, out_channels, kernel_size, groups))]
    rows.append(describe("Depthwise", module(in_channels, in_channels, kernel_size, in_channels)))
    rows.append(describe("Pointwise (1×1)", module(in_channels, out_channels, 1, 1)))
    standard = out_channels * in_channels * kernel_size**2
    separable = in_channels * kernel_size**2 + in_channels * out_channels
    padding = kernel_size // 2 if kernel_size % 2 else '"same"'
    line = call(
        "nn.Conv2d",
        f"{in_channels}, {out_channels}, {kernel_size}",
        padding=(padding, 0),
        groups=(groups, 1),
        bias=(with_bias, True),
    )
    grouped = f" in {groups} groups" if groups > 1 else ""
    reads = in_channels // groups
    window = f"{kernel_size}×{kernel_size}"
    data = {
        "in-channels": in_channels,
        "out-channels": out_channels,
        "kernel-size": kernel_size,
        "groups": groups,
    }
    return block(
        "channels",
        data | {"layer": layer, "bias": bias, "height": height, "width": width},
        [
            f"<p>A convolution from {in_channels} to {out_channels} channels{grouped} has {out_channels} "
            f"filters. Each filter holds {reads} kernels of {window}, one for each input channel it reads. "
            f"A depthwise-separable pair also maps {in_channels} to {out_channels} channels, in two "
            f"layers: one {window} kernel for each input channel, then a 1×1 convolution "
            "that mixes the channels.</p>",
            "<table><caption>Parameters, and multiply–accumulates (MACs) "
            f"for {height}×{width} outputs</caption>"
            "<thead><tr><th>Layer</th><th>Weight shape</th><th>Parameters</th><th>MACs</th></tr></thead>"
            f"<tbody>{''.join(row for row, _, _ in rows)}</tbody></table>",
            "<p>Weights, and MACs, of the separable pair as a part of those of the convolution with "
            "groups=1: "
            f"1/{out_channels} + 1/{kernel_size}² = {number(separable)}/{number(standard)} = "
            f"<b>{separable / standard:.3f}</b>.</p>",
            f"<p>In PyTorch: <code>{line}</code></p>",
        ],
    )


MAKERS = {
    "conv": conv,
    "filter": filter,
    "channels": channels,
    "receptive-field": receptive_field,
    "shift": shift,
    "transpose": transpose,
    "nms": nms,
}


def make(name: str, attributes: dict[str, str]) -> str:
    """Markup of figure ``name`` from its data attributes (names without ``data-``), as a page holds them."""
    maker = MAKERS[name]
    options = {key.replace("-", "_"): value for key, value in attributes.items()}
    types = {key: type(default) for key, default in maker.__kwdefaults__.items()}
    return maker(**{key: types[key](value) for key, value in options.items()})


def put(chapter: Path, cell: str, markup: str) -> None:
    """Write the block into the cell with this id, in place of the block that it held or at its end."""
    notebook = json.loads(chapter.read_text(encoding="utf-8"))
    (target,) = [c for c in notebook["cells"] if c["id"] == cell]
    text = "".join(target["source"])
    old = re.compile(r'^<div class="cnn-widget".*?^</div>', re.DOTALL | re.MULTILINE)
    text = old.sub(lambda _: markup, text, count=1) if old.search(text) else f"{text.rstrip()}\n\n{markup}"
    target["source"] = text.splitlines(keepends=True)
    chapter.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, metavar="CHAPTER", help="the notebook to write the block into")
    parser.add_argument("--cell", help="the id of the cell that holds it")
    figures = parser.add_subparsers(dest="figure", required=True)
    for name, maker in MAKERS.items():
        figure = figures.add_parser(name, help=maker.__doc__.splitlines()[0])
        for option, default in maker.__kwdefaults__.items():
            figure.add_argument(f"--{option.replace('_', '-')}", type=type(default), default=default)
    arguments = vars(parser.parse_args())
    into, cell = arguments.pop("into"), arguments.pop("cell")
    if (into is None) != (cell is None):
        parser.error("--into names a notebook and --cell one of its cells: give both or none")
    markup = MAKERS[arguments.pop("figure")](**arguments)
    if into is None:
        print(markup)
    else:
        put(into, cell, markup)


if __name__ == "__main__":
    main()
