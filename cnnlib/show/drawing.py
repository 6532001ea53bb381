"""What the figures of ``cnnlib.show`` have in common: axes, colors, tiles and grids of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage

GREY = "#7a7a7a"  # 4.3:1 on white and 4.4:1 on #121212; no color does better on both
INK = "#1a1a1a"
WIDTH = 5.0  # inches; scaled down to a 360-pixel screen, 11-point text is still about 10 pixels high


def new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    """``ax``, or the axes of a new figure of that size in inches; transparent either way."""
    if ax is None:
        import matplotlib.pyplot as plt  # here, so that importing cnnlib stays quick

        figure, ax = plt.subplots(figsize=(width, height), layout="constrained")
        figure.patch.set_alpha(0)
    ax.patch.set_alpha(0)
    return ax


def size_in_inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes."""
    box = ax.get_position()
    width, height = ax.figure.get_size_inches()
    return box.width * width, box.height * height


def style(ax: Axes) -> None:
    """Mid-grey text and lines, legible on a light and on a dark page."""
    ax.tick_params(color=GREY, labelcolor=GREY, labelsize=11)
    ax.xaxis.label.set(color=GREY, fontsize=12)
    ax.yaxis.label.set(color=GREY, fontsize=12)
    for spine in ax.spines.values():
        spine.set_color(GREY)


def diverging() -> Colormap:
    """Dark blue, grey at the middle, light orange: lightness rises throughout, so greyscale reads too."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("below_and_above_zero", ["#0b2a5b", "#828282", "#ffd9a0"])


def mosaic(
    tiles: np.ndarray, *, titles: Sequence[str] | None = None, columns: int, ax: Axes | None, **how
) -> tuple[Axes, AxesImage]:
    """Draw tiles, shape (n, H, W) or (n, H, W, 3), row by row; returns the axes and the last tile's image."""
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns}")
    if len(tiles) > 1024:
        raise ValueError(
            f"{len(tiles)} pictures are too many for one figure; take at most 1,024, such as x[:64]"
        )
    columns = min(columns, len(tiles))
    rows = math.ceil(len(tiles) / columns)
    width = min(1.3, WIDTH / columns)  # of a tile, in inches
    height = width * tiles.shape[1] / tiles.shape[2]
    longest = max((len(line) for title in titles or () for line in title.split("\n")), default=0)
    font = float(np.clip(width * 72 / (0.6 * max(longest, 1)), 6, 11))
    above = 0.06 * width if titles is None else (font * 1.5) / 72
    aside = 0.06 * width
    ax = new_axes(ax, columns * (width + aside), max(0.5, rows * (height + above)))
    for n, tile in enumerate(tiles):
        left = (n % columns) * (width + aside)
        top = (n // columns) * (height + above) + above
        box = (left, left + width, top + height, top)
        image = ax.imshow(tile, extent=box, interpolation="nearest", **how)
        ax.plot(  # a frame, so that a white tile shows on white and a black one on black
            [left, left + width, left + width, left, left],
            [top, top, top + height, top + height, top],
            color=GREY,
            linewidth=0.6,
        )
        if titles is not None:
            ax.text(left + width / 2, top, titles[n], ha="center", va="bottom", fontsize=font, color=GREY)
    margin = 0.02 * width
    ax.set(
        xlim=(-margin, columns * (width + aside)), ylim=(rows * (height + above) + margin, 0), aspect="equal"
    )
    ax.set_axis_off()
    return ax, image


def color_bar(ax: Axes, image: AxesImage) -> None:
    """State the range of the colors, and where zero is, to the right of the tiles."""
    low, high = image.get_clim()
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.9, aspect=15, pad=0.02)
    ticks = sorted({low, 0.0, high} if low <= 0 <= high else {low, high})
    bar.set_ticks(ticks, labels=[number(t) for t in ticks])
    bar.outline.set_edgecolor(GREY)
    style(bar.ax)


def number(value: float) -> str:
    """A number as short text: whole numbers without a point, NaN empty, else two decimals."""
    if np.isnan(value):
        return ""
    if float(value).is_integer() and abs(value) < 1e6:
        text = str(int(value))
    elif 0.01 <= abs(value) < 1e4:
        text = f"{value:.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:.2g}"
    return text.replace("-", "\N{MINUS SIGN}")


def ink_on(rgba: Sequence[float]) -> str:
    """Dark or white text, whichever contrasts more with a background color."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgba[:3]]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return INK if luminance > 0.18 else "#ffffff"


def label_names(labels: Sequence | Tensor, classes: Sequence[str] | None, count: int) -> list[str]:
    """The labels as text, integers looked up among the classes."""
    labels = labels.tolist() if isinstance(labels, Tensor | np.ndarray) else list(labels)
    if len(labels) != count:
        raise ValueError(f"labels must have one entry for each of the {count} images, got {len(labels)}")
    if classes is None:
        return [str(label) for label in labels]
    for label in labels:
        if not isinstance(label, str) and not 0 <= label < len(classes):
            raise ValueError(f"label {label} has no class: classes has {len(classes)} names")
    return [label if isinstance(label, str) else classes[label] for label in labels]
