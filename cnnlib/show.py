"""Figures: images, kernels, feature maps, confusion matrices, training curves and one convolution by numbers.

Every function draws on one Matplotlib ``Axes`` and returns it. Without ``ax`` it makes a figure at most
6 inches wide; it never shows the figure, and only `style` changes Matplotlib's settings. The background is
transparent, and text and lines are a grey of equal contrast on white and on a dark page. Numbers, marks and
lightness carry the message; hue alone never does.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cnnlib import _drawing as draw
from cnnlib._number_grid import convolution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["confusion_matrix", "convolution", "feature_maps", "history", "images", "kernels", "style"]


def style() -> None:
    """Let figures look as in the book: legible on light and dark ground, in notebooks as SVG and as PNG.

    Sites show the SVG; Jupyter, Colab and GitHub show the PNG where they do not trust a notebook's SVG.
    """
    import matplotlib.pyplot as plt

    plt.style.use("cnnlib.book")
    if "IPython" in sys.modules:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", "png", metadata={"Date": None})


def images(
    x: Tensor,
    labels: Sequence | Tensor | None = None,
    *,
    classes: Sequence[str] | None = None,
    mean: Tensor | Sequence[float] | None = None,
    std: Tensor | Sequence[float] | None = None,
    columns: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """Images in a grid, each below its label.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        N images with C = 1 or 3 channels: values in [0, 1], or uint8. Bytes may also be (N, H, W, C), as data
        sets store them. Standardized images need ``mean`` and ``std``.
    labels : sequence of str or int, or Tensor, shape (N,), optional
        What to write above each image. Long labels are set smaller, so give them fewer columns.
    classes : sequence of str, optional
        Class names; integer ``labels`` are looked up in it.
    mean, std : Tensor or sequence of float, shape (C,), optional
        Training statistics with which ``x`` was standardized; ``x * std + mean`` is shown.
    columns : int
        Images in a row.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a shape is wrong, a label has no class, or the values are not in [0, 1].
    """
    x = torch.as_tensor(x).detach().cpu()
    if x.ndim == 4 and x.dtype == torch.uint8 and x.shape[-1] in (1, 3) and x.shape[1] not in (1, 3):
        x = x.permute(0, 3, 1, 2)
    if x.ndim != 4 or x.shape[1] not in (1, 3) or x.numel() == 0:
        raise ValueError(f"x must have shape (N, 1, H, W) or (N, 3, H, W), got {tuple(x.shape)}")
    if (mean is None) != (std is None):
        raise ValueError("give both mean and std, or neither")
    x = x.float() / 255 if x.dtype == torch.uint8 else x.float()
    if mean is not None:
        x = x * torch.as_tensor(std).cpu().view(1, -1, 1, 1) + torch.as_tensor(mean).cpu().view(1, -1, 1, 1)
    if x.min() < -0.01 or x.max() > 1.01 or not x.isfinite().all():
        raise ValueError(
            f"image values must lie in [0, 1], got {x.min():.3g} to {x.max():.3g}; "
            f"if the images were standardized, pass mean and std"
        )
    tiles = x.clamp(0, 1).permute(0, 2, 3, 1).numpy()
    ax, _ = draw.mosaic(
        tiles.repeat(3, axis=-1) if tiles.shape[-1] == 1 else tiles,
        titles=None if labels is None else draw.label_names(labels, classes, len(tiles)),
        columns=columns,
        ax=ax,
    )
    return ax


def kernels(weight: Tensor, *, columns: int = 8, ax: Axes | None = None) -> Axes:
    """The kernels of a convolution, with a color scale centered on zero.

    Kernels with three input channels are drawn as RGB pictures in which middle grey is zero. Otherwise every
    kernel is one tile, negative dark blue, zero grey, positive light orange; with several input channels a
    row is one filter and a column one input channel.

    Parameters
    ----------
    weight : Tensor, shape (out_channels, in_channels / groups, kH, kW)
        The weight, such as ``model.conv1.weight``.
    columns : int
        Kernels in a row, for 1 or 3 input channels.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If ``weight`` has another shape or more than 1,024 kernels to draw.
    """
    weight = torch.as_tensor(weight).detach().cpu().float()
    if weight.ndim != 4 or weight.numel() == 0:
        raise ValueError(
            f"weight must have shape (out_channels, in_channels/groups, kH, kW), got {tuple(weight.shape)}"
        )
    if not weight.isfinite().all():
        raise ValueError("weight must be finite, but it holds NaN or infinite values")
    limit = weight.abs().max().item() or 1.0
    if weight.shape[1] == 3:
        tiles = (weight / (2 * limit) + 0.5).permute(0, 2, 3, 1).numpy()
        return draw.mosaic(tiles, columns=columns, ax=ax)[0]
    if weight.shape[1] > 1:
        columns = weight.shape[1]
    ax, image = draw.mosaic(
        weight.flatten(0, 1).numpy(), columns=columns, ax=ax, cmap=draw.diverging(), vmin=-limit, vmax=limit
    )
    draw.color_bar(ax, image)
    return ax


def feature_maps(
    x: Tensor,
    *,
    titles: Sequence[str] | None = None,
    columns: int = 8,
    signed: bool | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The channels of one feature map, all on one color scale.

    Parameters
    ----------
    x : Tensor, shape (C, H, W) or (1, C, H, W)
        The output of a layer for one image.
    titles : sequence of str, optional
        What to write above each channel, C names.
    columns : int
        Channels in a row.
    signed : bool, optional
        True: a scale centered on zero, negative dark blue, zero grey, positive light orange. False: a scale
        from dark, the smallest value, to bright, the largest. By default true if a value is negative.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If ``x`` has another shape, or more than 1,024 channels.
    """
    x = torch.as_tensor(x).detach().cpu().float()
    if x.ndim == 4 and x.shape[0] == 1:
        x = x[0]
    if x.ndim != 3 or x.numel() == 0:
        raise ValueError(
            f"x must have shape (C, H, W) or (1, C, H, W), got {tuple(x.shape)}; "
            f"take one image of a batch: x[0]"
        )
    if not x.isfinite().all():
        raise ValueError("x must be finite, but it holds NaN or infinite values")
    if titles is not None and len(titles) != len(x):
        raise ValueError(f"titles must have one name for each of the {len(x)} channels, got {len(titles)}")
    signed = bool(x.min() < 0) if signed is None else signed
    limit = x.abs().max().item() or 1.0
    low, high = (-limit, limit) if signed else (min(0.0, x.min().item()), x.max().item() or 1.0)
    ax, image = draw.mosaic(
        x.numpy(),
        titles=titles,
        columns=columns,
        ax=ax,
        cmap=draw.diverging() if signed else "viridis",
        vmin=low,
        vmax=high,
    )
    draw.color_bar(ax, image)
    return ax


def confusion_matrix(counts: Tensor, classes: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """A confusion matrix: how many images of each true class were given each predicted class.

    The number is the count; the shade is its share of the row, so rare classes read like frequent ones.

    Parameters
    ----------
    counts : Tensor, shape (K, K)
        ``counts[i, j]`` images of class i predicted as class j.
    classes : sequence of str
        The K class names.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If ``counts`` is not square, has negative counts, or ``classes`` has another length.
    """
    counts = _array(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"counts must have shape (K, K), got {counts.shape}")
    if (counts < 0).any():
        raise ValueError(f"counts must not be negative, got {counts.min()}")
    if len(classes) != len(counts):
        raise ValueError(f"classes must have {len(counts)} names, one for each row, got {len(classes)}")
    K = len(counts)
    ax = draw.new_axes(ax, min(6.0, 2.0 + 0.42 * K), min(6.0, 2.0 + 0.42 * K))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    image = ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    font = min(11, 110 / K)
    for (i, j), count in np.ndenumerate(counts):
        ax.text(
            j,
            i,
            draw.number(count),
            ha="center",
            va="center",
            fontsize=font,
            color=draw.ink_on(image.to_rgba(share[i, j])),
        )
    ax.set_xticks(
        range(K),
        classes,
        rotation=45 if max(map(len, classes)) > 2 else 0,
        ha="right",
        rotation_mode="anchor",
    )
    ax.set_yticks(range(K), classes)
    ax.set_xlabel("predicted class", fontsize=12)
    ax.set_ylabel("true class", fontsize=12)
    draw.style(ax)
    return ax


def history(history: object, *, metric: str = "loss", ax: Axes | None = None) -> Axes:
    """Training and validation curves over the epochs.

    Parameters
    ----------
    history : History
        What :func:`cnnlib.train.fit` returns, or any object or mapping with a sequence ``train_<metric>``,
        ``val_<metric>``, or both.
    metric : str
        What to draw, such as ``"loss"`` or ``"accuracy"``.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If ``history`` has no such metric, or no epoch.
    """
    values = history if isinstance(history, Mapping) else {n: getattr(history, n) for n in dir(history)}
    series = {"training": values.get(f"train_{metric}"), "validation": values.get(f"val_{metric}")}
    curves = {name: _array(curve) for name, curve in series.items() if curve is not None and len(curve)}
    if not curves:
        known = sorted({n.split("_", 1)[1] for n in values if n.startswith(("train_", "val_"))})
        raise ValueError(f"history has no values of {metric!r}; it has {', '.join(known) or 'none'}")
    ax = draw.new_axes(ax, draw.WIDTH, 3.2)
    looks = {"training": (draw.BLUE, "o", "-"), "validation": (draw.ORANGE, "s", "--")}
    for name, curve in curves.items():
        color, marker, line = looks[name]
        epochs = range(1, len(curve) + 1)
        every = max(1, len(curve) // 10)
        ax.plot(epochs, curve, color=color, marker=marker, linestyle=line, markevery=every, label=name)
    ax.set_xlabel("epoch", fontsize=12)
    ax.set_ylabel(metric.replace("_", " "), fontsize=12)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(color=draw.GREY, alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, labelcolor=draw.GREY, fontsize=11)
    draw.style(ax)
    return ax


def _array(values: Tensor | Sequence) -> np.ndarray:
    return values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)
