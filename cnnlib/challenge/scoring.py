"""Run a submission: its labels for images, one thread, nothing but the order of the scores."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from cnnlib.challenge.files import first_line, need
from cnnlib.challenge.inspection import checked
from cnnlib.challenge.rules import CLASSES, IMAGE_SHAPE

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["batch_problem", "predict", "public_half"]

_SEED_OF_THE_HALVES = 20_240_519  # never change it: every public score would change its meaning
_CLOSE = 1e-3  # of the scores' spread: kernels differ with the batch size in the last bits, and by no more
_SWAPPED = 0.01  # share of the images whose two highest scores are as good as equal, at most


def predict(path: str | os.PathLike, images: np.ndarray, *, batch_size: int = 250) -> np.ndarray:
    """Classify images with a submission, as the leaderboard does once it has `rounded` the file.

    Parameters
    ----------
    path : path
        A file without problems.
    images : ndarray, shape (N, 3, 32, 32), float32
        Standardized, as ``cnnlib.load("cifar10").test`` gives them.
    batch_size : int
        Images in one run; the last batch holds what is left.

    Returns
    -------
    ndarray, shape (N,), int64
        The class with the highest score, the lowest class of several; −1 where a score is not finite.

    Raises
    ------
    ValueError
        If the file breaks a rule, the images have another shape or type, or the model cannot run.
    """
    return labels(_scores(_session(path), images, batch_size))


def labels(scores: np.ndarray) -> np.ndarray:
    """Class of each row of scores (N, K): −1 where one is not finite, else the lowest with the highest."""
    return np.where(np.isfinite(scores).all(axis=1), scores.argmax(axis=1), -1)


def batch_problem(path: str | os.PathLike, images: np.ndarray, *, batch_size: int = 250) -> str | None:
    """Say if the score of an image depends on the other images of its batch, or on its place among them.

    Parameters
    ----------
    path : path
        A file without problems.
    images : ndarray, shape (N, 3, 32, 32), float32
        Some hundred standardized images; each is also run alone.
    batch_size : int
        The one that is used for scoring.

    Returns
    -------
    str or None
        One sentence, or None if every image gets the same scores in all three ways.
    """
    session = _session(path)
    together = _scores(session, images, batch_size)
    alone = _scores(session, images, 1)
    backward = _scores(session, images[::-1], batch_size)[::-1]
    for other, where in ((together, "among others than alone"), (backward, "in another order")):
        differ = _differ(alone, other)
        if differ:
            return (
                f"{differ} of {len(images)} images get other scores {where}; a model must classify each "
                "image by itself (normalize over an image's own values, never over the batch)."
            )
    return None


def _differ(scores: np.ndarray, other: np.ndarray) -> int:
    """On how many images two runs differ by more than the order of additions explains."""
    finite, other_finite = (np.isfinite(part).all(axis=1) for part in (scores, other))
    both = finite & other_finite
    a, b = scores[both].astype(np.float64), other[both].astype(np.float64)
    # A number added to all ten scores changes no label, so it must not make differences look small either.
    spread = np.abs(a - a.mean(axis=1, keepdims=True)).max(axis=1)
    far = (np.abs(a - b).max(axis=1) > _CLOSE * spread).sum()
    # One enormous score that never wins must not do so either; two of equal height may change places.
    swapped = (labels(a) != labels(b)).sum()
    if not far and swapped > _SWAPPED * len(a):
        far = swapped
    return int((finite != other_finite).sum() + far)


def public_half(n: int) -> np.ndarray:
    """Tell which of `n` test images count for the public score: a random half, always the same.

    Returns
    -------
    ndarray, shape (n,), bool
        True for ``n // 2`` images.
    """
    # RandomState, unlike Generator, is promised to give the same numbers in every version of NumPy.
    order = np.random.RandomState(_SEED_OF_THE_HALVES).permutation(n)
    half = np.zeros(n, dtype=bool)
    half[order[: n // 2]] = True
    return half


def _session(path: str | os.PathLike) -> InferenceSession:
    need("onnx", "onnxruntime")
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # again: an isolated process has forgotten what its parent set
    import onnxruntime

    model = checked(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is told by the exception
    try:
        # From memory, so onnxruntime has no folder in which to look for another file.
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has a dozen, without a common base
        raise ValueError(f"onnxruntime cannot load the model: {first_line(error)}.") from error


def _scores(session: InferenceSession, images: np.ndarray, batch_size: int) -> np.ndarray:
    """Scores (N, 10), float32."""
    if images.ndim != 4 or images.shape[1:] != IMAGE_SHAPE or images.dtype != np.float32 or not len(images):
        raise ValueError(
            "The images must be float32 of shape (N, 3, 32, 32) with N >= 1; "
            f"got {images.dtype} of {images.shape}."
        )
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size={batch_size!r} must be a whole number of at least 1.")
    name = session.get_inputs()[0].name
    parts = []
    for start in range(0, len(images), batch_size):
        batch = np.ascontiguousarray(images[start : start + batch_size])
        try:
            (scores,) = session.run(None, {name: batch})
        except Exception as error:  # as above
            raise ValueError(f"The model cannot run on {len(batch)} images: {first_line(error)}.") from error
        if scores.shape != (len(batch), CLASSES):
            wanted = (len(batch), CLASSES)
            raise ValueError(f"The model gives scores of shape {scores.shape}; expected {wanted}.")
        parts.append(scores)
    return np.concatenate(parts)
