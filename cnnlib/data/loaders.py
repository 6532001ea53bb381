"""Load a data set by its name, standardize it, and give it in batches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnlib.data import cifar10, npz, scenes, shapes10

__all__ = ["Loader", "Loaders", "denormalize", "load"]

_LABELS = ("masks", "instances", "boxes")  # what the labels of "scenes" can be
_PADDING = 4  # zeros around an image before a random crop of its own size


@dataclass(frozen=True)
class Loaders:
    """A data set's three loaders and what they share.

    Attributes
    ----------
    train, val, test : Loader
        `train` is shuffled, and augmented if asked for; `val` and `test` keep their order.
    classes : tuple of str
        Class names; label ``k`` means ``classes[k]``.
    mean, std : Tensor, shape (C,)
        Mean and standard deviation of each channel over the training images, on the scale from 0 to 1.
    """

    train: Loader
    val: Loader
    test: Loader
    classes: tuple[str, ...]
    mean: Tensor
    std: Tensor


class Loader:
    """Gives a split's images in batches; each ``iter()`` is one epoch.

    Attributes
    ----------
    images : Tensor, shape (N, H, W, C), uint8
        All images as stored.
    labels : Tensor, shape (N,), int64
        Their classes. Those of ``"scenes"`` have more dimensions; `load` describes them.
    epoch : int
        The number of the next epoch, from 0; set it to resume a run where it stopped.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        mean: Tensor,
        std: Tensor,
        *,
        batch_size: int,
        shuffle: bool = False,
        augment: bool = False,
        seed: int = 0,
    ) -> None:
        self.images, self.labels = images, labels
        self.batch_size, self.shuffle, self.augment, self.seed = batch_size, shuffle, augment, seed
        self._mean, self._std = 255 * mean.view(-1, 1, 1), 255 * std.view(-1, 1, 1)
        self.epoch = 0

    def __len__(self) -> int:
        """Number of batches in an epoch; the last one may be smaller."""
        return -(-len(self.labels) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Give batches ``(x, y)``: `x` float32 (N, C, H, W), standardized, and `y` int64 (N,) or (N, ...).

        Order and augmentation of an epoch follow from the seed and the epoch's number alone. They are drawn
        on the CPU as integers, so they are the same on every machine.
        """
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        self.epoch += 1
        count = len(self.labels)
        order = torch.randperm(count, generator=generator) if self.shuffle else torch.arange(count)
        flip = torch.randint(2, (count,), generator=generator).bool()
        offset = torch.randint(2 * _PADDING + 1, (2, count), generator=generator)
        for start in range(0, count, self.batch_size):
            here = slice(start, start + self.batch_size)
            images = self.images.index_select(0, order[here])
            if self.augment:
                images = _flip_and_crop(images, flip[here], *offset[:, here])
            yield self._standardize(images), self.labels[order[here]]

    def _standardize(self, images: Tensor) -> Tensor:
        x = images.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.contiguous_format)
        return x.sub_(self._mean).div_(self._std)


def _flip_and_crop(images: Tensor, flip: Tensor, top: Tensor, left: Tensor) -> Tensor:
    """Flip the images marked in `flip`, pad all with zeros and cut each at its own offset.

    The same as torchvision's ``RandomHorizontalFlip`` and ``RandomCrop(size, padding=4)`` image by image: a
    pixel of the result is looked up at its row and column in the padded batch.
    """
    N, H, W, C = images.shape
    padded = F.pad(images, (0, 0, _PADDING, _PADDING, _PADDING, _PADDING))
    row = top[:, None] + torch.arange(H)
    column = left[:, None] + torch.arange(W)
    # Column j of the flipped image is column W - 1 - j of the image; padding is the same on both sides.
    column = torch.where(flip[:, None], W + 2 * _PADDING - 1 - column, column)
    first = torch.arange(N) * padded.shape[1] * padded.shape[2]
    pixel = (first[:, None] + row * padded.shape[2])[:, :, None] + column[:, None, :]
    return padded.view(-1, C).index_select(0, pixel.flatten()).view(N, H, W, C)


def load(
    name: str | os.PathLike = "shapes10",
    *,
    batch_size: int = 128,
    seed: int = 0,
    augment: Literal["flip_crop"] | None = None,
    labels: Literal["masks", "instances", "boxes"] | None = None,
    root: str | os.PathLike | None = None,
    fallback: Literal["shapes10"] | None = None,
) -> Loaders:
    """Load a data set.

    Without a validation split of its own, every tenth image of each training class is held out for
    validation; which ones depends on the file alone, not on `seed`. Test images are never used for that.

    Parameters
    ----------
    name : {"shapes10", "scenes", "cifar10"} or path
        ``"shapes10"`` and ``"scenes"`` are drawn by code and need no file. ``"cifar10"`` is downloaded once.
        A path names an ``.npz`` file with MedMNIST's keys: ``train_images``, uint8 (N, H, W, 3) or (N, H, W),
        ``train_labels``, ``test_images``, ``test_labels`` and, optionally, ``val_images`` and ``val_labels``.
    batch_size : int
        Images in a batch; the last batch of an epoch holds what is left.
    seed : int
        Decides the order and the augmentation of the training images in every epoch.
    augment : {None, "flip_crop"}
        ``"flip_crop"`` flips each training image left to right with probability 1/2, pads it with 4 zeros on
        each side and cuts out a random part of the original size. It does not move masks and boxes, so
        ``"scenes"`` cannot have it.
    labels : {None, "masks", "instances", "boxes"}
        For ``"scenes"``, 48 x 48 images with one to four objects: what ``y`` holds. ``"masks"``, the default
        there: the class of each pixel, shape (N, 48, 48). ``"instances"``: 0 at the background and ``k`` at
        the ``k``-th object, shape (N, 48, 48). ``"boxes"``: a row ``x0, y0, x1, y1, class`` for each object,
        shape (N, 4, 5); the object's visible pixels lie in columns ``x0`` to ``x1 - 1`` and rows ``y0`` to
        ``y1 - 1``; rows of zeros follow where there are fewer than four. Class 0 is the background.
    root : path, optional
        For ``"cifar10"``: the folder that holds ``cifar10.npz`` or ``cifar-10-python.tar.gz``, or gets it. By
        default the one that the environment variable ``CNNLIB_DATA`` names, else the user's cache folder.
    fallback : {None, "shapes10"}
        ``"shapes10"`` gives that data set, and prints a line that says so, where ``"cifar10"`` is not there
        and cannot be downloaded.

    Returns
    -------
    Loaders

    Raises
    ------
    ValueError
        If an argument has no meaning, or a file is damaged or has other content.
    FileNotFoundError
        If the data are not there and cannot be downloaded.
    OSError
        If the data cannot be stored.

    Examples
    --------
    >>> loaders = load("shapes10", batch_size=100)
    >>> x, y = next(iter(loaders.train))
    >>> x.shape, y.shape, len(loaders.train)
    (torch.Size([100, 3, 32, 32]), torch.Size([100]), 90)
    """
    if augment not in (None, "flip_crop"):
        raise ValueError(f'augment={augment!r} is unknown; it must be "flip_crop" or None.')
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size={batch_size!r} must be a whole number of at least 1.")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed={seed!r} must be a whole number from 0 to 2**32 - 1.")
    if labels not in (None, *_LABELS) or (labels and name != "scenes"):
        raise ValueError(
            f'labels={labels!r} has no meaning for the data set "{name}"; only "scenes" has a choice, of '
            f"{', '.join(map(repr, _LABELS))}."
        )
    if name == "scenes" and augment:
        raise ValueError(
            'augment="flip_crop" would move the images of "scenes", not their masks or boxes; leave it out.'
        )
    if fallback not in (None, "shapes10"):
        raise ValueError(f'fallback={fallback!r} is unknown; it must be "shapes10" or None.')
    try:
        arrays, classes = _read(name, root, labels)
    except FileNotFoundError:
        if fallback is None or name != "cifar10":
            raise
        print("CIFAR-10 is not here and cannot be downloaded: what follows runs on shapes10 instead.")
        arrays, classes = _read(fallback, None, None)
    if "val_images" not in arrays:
        arrays = _hold_out_validation(arrays)
    mean, std = _statistics(torch.from_numpy(arrays["train_images"]))

    def loader(split: str, **options: object) -> Loader:
        images = torch.from_numpy(np.ascontiguousarray(arrays[f"{split}_images"]))
        answers = torch.from_numpy(arrays[f"{split}_labels"]).long()
        return Loader(images, answers, mean, std, batch_size=batch_size, seed=seed, **options)

    train = loader("train", shuffle=True, augment=augment is not None)
    return Loaders(train, loader("val"), loader("test"), classes, mean, std)


def _read(
    name: str | os.PathLike, root: str | os.PathLike | None, labels: str | None
) -> tuple[dict[str, np.ndarray], tuple]:
    if name == "shapes10":
        return shapes10.load(), shapes10.CLASSES
    if name == "scenes":
        return scenes.load(labels or "masks"), scenes.CLASSES
    if name == "cifar10":
        return cifar10.load(root), cifar10.CLASSES
    if not str(name).endswith(".npz"):
        raise ValueError(
            f'There is no data set {name!r}; use "shapes10", "scenes", "cifar10" or the path of an .npz file.'
        )
    arrays = npz.read(Path(name).expanduser())
    highest = max(int(labels.max()) for key, labels in arrays.items() if key.endswith("labels"))
    return arrays, tuple(str(label) for label in range(highest + 1))


def _hold_out_validation(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Move every tenth training image of each class to a validation split."""
    labels = arrays["train_labels"]
    held = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        held[np.flatnonzero(labels == label)[9::10]] = True
    if not held.any():
        raise ValueError(
            "No class has the ten training images from which one is held out for validation; "
            "add val_images and val_labels to the file."
        )
    return arrays | {
        "train_images": arrays["train_images"][~held],
        "train_labels": labels[~held],
        "val_images": arrays["train_images"][held],
        "val_labels": labels[held],
    }


def _statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Give mean and standard deviation of each channel of uint8 images (N, H, W, C), divided by 255.

    Computed from exact counts of the 256 values, so the same on every machine. A channel that never changes
    gets the standard deviation 1, because standardizing divides by it.
    """
    value = torch.arange(256, dtype=torch.float64) / 255
    counts = torch.stack(
        [torch.bincount(channel, minlength=256) for channel in images.reshape(-1, images.shape[3]).T]
    )
    mean = (counts * value).sum(dim=1) / counts.sum(dim=1)
    variance = (counts * (value - mean[:, None]) ** 2).sum(dim=1) / counts.sum(dim=1)
    std = torch.where(variance > 0, variance.sqrt(), 1.0)
    return mean.float(), std.float()


def denormalize(x: Tensor, mean: Tensor | Sequence[float], std: Tensor | Sequence[float]) -> Tensor:
    """Undo the standardization, for showing images.

    Parameters
    ----------
    x : Tensor, shape (..., C, H, W)
        Standardized images.
    mean, std : Tensor or sequence of float, shape (C,)
        What they were standardized with: `Loaders.mean` and `Loaders.std`.

    Returns
    -------
    Tensor, shape (..., C, H, W)
        ``x * std + mean``, cut off to lie in [0, 1].

    Raises
    ------
    ValueError
        If the number of channels differs.
    """
    mean, std = (torch.as_tensor(values, dtype=x.dtype, device=x.device) for values in (mean, std))
    if x.ndim < 3 or mean.shape != x.shape[-3:-2] or std.shape != mean.shape:
        raise ValueError(
            f"x must have shape (..., C, H, W) and mean and std shape (C,); got {tuple(x.shape)}, "
            f"{tuple(mean.shape)} and {tuple(std.shape)}."
        )
    return (x * std.view(-1, 1, 1) + mean.view(-1, 1, 1)).clamp(0, 1)
