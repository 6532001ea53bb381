"""Pictures as tiles: images, kernels and feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cnnlib.show import drawing as draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["feature_maps", "images", "kernels"]


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
