"""Pictures of `shapes10` that nobody has seen, to score on what was handed in."""

from __future__ import annotations

import numpy as np

from cnnlib.data import shapes10

__all__ = ["pictures"]

# Mean and standard deviation of the training images, as ``cnnlib.load("shapes10")`` standardizes with them.
_MEAN = np.array([0.3989775, 0.4001395, 0.4014703])
_STD = np.array([0.2878915, 0.2888238, 0.2865308])


def pictures(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw pictures, as many of each class, and standardize them.

    Parameters
    ----------
    count : int
    seed : int
        Those of `cnnlib.load` have 10 and 11.

    Returns
    -------
    images : ndarray, shape (count, 3, 32, 32), float32
    labels : ndarray, shape (count,), uint8
        Picture ``i`` shows class ``i % 10``.
    """
    images, labels = shapes10.draw(count, seed)
    return ((images / 255 - _MEAN) / _STD).transpose(0, 3, 1, 2).astype(np.float32), labels
