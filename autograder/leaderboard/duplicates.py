"""Finds models that are another team's: the same file, or nearly the same answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Of the images that at least one of two models gets wrong, how many both answer alike. Networks that were
# trained apart agree on less than half of these; a renamed, repacked or slightly changed copy on almost all.
ALIKE = 0.9
# With fewer errors than this, agreement tells nothing.
FEWEST_ERRORS = 30


@dataclass(frozen=True)
class Model:
    """A model that a team handed in, or a reference.

    Attributes
    ----------
    team : str
        Empty for the course's own.
    digest : str
    predictions : int8 array, shape (N,)
    """

    team: str
    digest: str
    predictions: np.ndarray


def copies(models: Sequence[Model], labels: np.ndarray) -> dict[tuple[str, str], Model]:
    """Return, by team and digest, the first earlier model of another team that a model is a copy of.

    Parameters
    ----------
    models : sequence of Model
        In order of time; of a copy and its original, the first counts as the original.
    labels : int array, shape (N,)
    """
    predictions = np.array([model.predictions for model in models], np.int8).reshape(len(models), len(labels))
    wrong = predictions != labels
    found: dict[tuple[str, str], Model] = {}
    for index, model in enumerate(models):
        if not model.team:
            continue
        either = wrong[:index] | wrong[index]
        errors = either.sum(axis=1)
        same = ((predictions[:index] == predictions[index]) & either).sum(axis=1)
        alike = (errors >= FEWEST_ERRORS) & (same >= ALIKE * errors)
        # Untrained networks say the same class for everything; that is no copy, and earns nothing.
        alike &= len(np.unique(model.predictions)) > 1
        for earlier, resembles in zip(models[:index], alike, strict=True):
            if earlier.team != model.team and (resembles or earlier.digest == model.digest):
                found[model.team, model.digest] = earlier
                break
    return found
