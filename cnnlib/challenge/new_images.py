"""Score a network that was handed in as text, on pictures of `shapes10` that nobody has seen."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from cnnlib.challenge.inspection import inspect
from cnnlib.challenge.rounding import rounded
from cnnlib.challenge.scoring import predict
from cnnlib.challenge.text import from_text
from cnnlib.data import unseen

__all__ = ["score_drawn"]


@lru_cache(maxsize=8)  # each limit of an exercise asks for the same score again
def score_drawn(text: str, *, images: int, seed: int, most: int) -> tuple[int, float]:
    """Count a network's parameters and find its accuracy on new images, as the leaderboard does.

    Parameters
    ----------
    text : str
        What `as_text` gave.
    images : int
        How many are drawn, as many of each class.
    seed : int
        Of the images; those of `load` have 10 and 11.
    most : int
        Parameters that the file may hold.

    Returns
    -------
    parameters : int
    accuracy : float
        The share of images that the network, its numbers rounded to bfloat16, names rightly.

    Raises
    ------
    ValueError
        If the text holds no model, or one that breaks a rule or is too large; the message says which.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = from_text(text, Path(folder) / "submission.onnx")
        found = inspect(path)
        if found.problems:
            raise ValueError(" ".join(found.problems))
        if found.parameters > most:
            raise ValueError(f"The file holds {found.parameters:,} parameters; at most {most:,} are allowed.")
        x, labels = unseen.pictures(images, seed)
        # Shuffled, or else an image's place in its batch would tell the class.
        order = np.random.RandomState(seed).permutation(images)
        right = predict(rounded(path, path), x[order], batch_size=50) == labels[order]
    return found.parameters, float(right.mean())
