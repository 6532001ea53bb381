"""The images that models are scored on."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.errors import UserError


@dataclass(frozen=True)
class Images:
    """A test set.

    Attributes
    ----------
    inputs : float32 array, shape (N, 3, H, W)
        Standardized with the training images' mean and standard deviation.
    labels : int8 array, shape (N,)
    public : bool array, shape (N,)
        Which images the public score is of.
    digest : str
        SHA-256 of images, labels and standardization.
    """

    inputs: np.ndarray
    labels: np.ndarray
    public: np.ndarray
    digest: str

    def correct(self, predictions: str) -> np.ndarray:
        """Return which images a ledger's text of predictions gets right, shape (N,)."""
        return classes(predictions) == self.labels


def classes(predictions: str) -> np.ndarray:
    """Return a ledger's text of predictions as int8, shape (N,); what is no class is negative."""
    return (np.frombuffer(predictions.encode("ascii"), np.uint8).astype(np.int16) - ord("0")).astype(np.int8)


def load_images(path: Path | None) -> Images:
    """Load the test images of a file with MedMNIST's keys, or of CIFAR-10 where `cnnlib.load` finds it.

    Raises
    ------
    UserError
        If there are none, or they have not ten classes.
    """
    import cnnlib
    from cnnlib import challenge

    try:
        loaders = cnnlib.load(str(path) if path else "cifar10", batch_size=1000)
    except (ValueError, OSError) as error:
        raise UserError(
            f"There are no test images to score on: {error} Name a cifar10.npz with --images."
        ) from error
    test = loaders.test
    if len(loaders.classes) != 10:
        raise UserError(f"The images have {len(loaders.classes)} classes; the challenge is about 10.")
    digest = hashlib.sha256(test.images.numpy().tobytes())
    digest.update(
        test.labels.numpy().tobytes() + loaders.mean.numpy().tobytes() + loaders.std.numpy().tobytes()
    )
    inputs = np.concatenate([x.numpy() for x, _ in test])
    public = challenge.public_half(len(inputs))
    return Images(inputs, test.labels.numpy().astype(np.int8), public, digest.hexdigest())
