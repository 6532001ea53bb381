"""Figures of how training went: curves over the epochs, and the confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from cnnlib.show import drawing as draw
from cnnlib.show.roles import INPUT, OUTPUT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["confusion_matrix", "history"]


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
    looks = {"training": (INPUT, "o", "-"), "validation": (OUTPUT, "s", "--")}
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
