"""Data sets in one ``.npz`` file with MedMNIST's keys (https://medmnist.com)."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

__all__ = ["read", "save"]

_KEYS = ("train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels")


def read(path: Path) -> dict[str, np.ndarray]:
    """Read and check a data set.

    Parameters
    ----------
    path : Path
        Holds ``train_images``, ``train_labels``, ``test_images``, ``test_labels`` and, if it has a validation
        split, ``val_images`` and ``val_labels``. Images are uint8 (N, H, W, 3), (N, H, W, 1) or (N, H, W),
        labels are integers (N,) or, as in MedMNIST, (N, 1).

    Returns
    -------
    dict[str, ndarray]
        The same keys; images have shape (N, H, W, C), labels shape (N,) and dtype int64.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, a key is missing, or an array has another type or shape.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in _KEYS if key in file}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        AttributeError,
        TypeError,
    ) as error:
        raise ValueError(
            f"{path} is damaged or is not an .npz file of plain arrays ({error}); delete it and get it again."
        ) from error
    required = [key for key in _KEYS if not key.startswith("val") or "val_images" in arrays]
    if missing := [key for key in required if key not in arrays]:
        raise ValueError(
            f"{path} has no {' and no '.join(missing)}; a data set needs train_images, train_labels, "
            "test_images and test_labels, and may have val_images with val_labels."
        )
    checked: dict[str, np.ndarray] = {}
    for split in dict.fromkeys(key.split("_")[0] for key in required):
        images, labels = f"{split}_images", f"{split}_labels"
        checked[images] = _checked_images(arrays[images], f"{images} in {path}")
        checked[labels] = _checked_labels(arrays[labels], len(arrays[images]), f"{labels} in {path}")
    if len(shapes := {array.shape[1:] for key, array in checked.items() if key.endswith("images")}) > 1:
        sizes = " and ".join(str(shape) for shape in sorted(shapes))
        raise ValueError(
            f"The images in {path} have different sizes, {sizes}; every split needs the same one."
        )
    return checked


def _checked_images(images: np.ndarray, name: str) -> np.ndarray:
    if images.dtype != np.uint8:
        raise ValueError(f"{name} has type {images.dtype}; images must be uint8, with values from 0 to 255.")
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in (1, 3) or images.size == 0:
        raise ValueError(
            f"{name} has shape {images.shape}; it must be (N, H, W, 3) or (N, H, W), and not empty."
        )
    return images


def _checked_labels(labels: np.ndarray, count: int, name: str) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (count,):
        raise ValueError(f"{name} has shape {labels.shape}; {count} images need one label each, ({count},).")
    if labels.dtype.kind not in "iu" or labels.min() < 0:
        raise ValueError(f"{name} must be whole numbers from 0 on; it has type {labels.dtype}.")
    return labels.astype(np.int64)


def save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write `arrays` to `path`, so that at every moment the whole file is there or none.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.chmod(name, 0o666 & ~_umask())  # mkstemp's files are the owner's alone; a cache may be shared
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
