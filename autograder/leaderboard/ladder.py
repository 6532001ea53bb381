"""The Ladder: which of a team's submissions the public score shows.

A team that is told the exact score of every attempt can learn the public labels from the scores alone. Here
the public score moves only when a submission is better than the shown one by more than a step, so what cannot
be told from chance is not shown. The step is the standard error of the difference, image by image, as in the
parameter-free Ladder of Blum and Hardt (2015, figure 2), and at least `STEP`.
"""

import numpy as np

STEP = (
    0.002  # of the public images: one standard error lets a gain of two images pass if nothing else changed
)


def climb(attempts: list[np.ndarray]) -> list[int]:
    """Return, after each attempt, the index of the attempt that the public score shows.

    Parameters
    ----------
    attempts : list of bool array, shape (N,)
        For each submission, in order of time: which of the public images it classifies correctly.
    """
    shown: list[int] = []
    for index, correct in enumerate(attempts):
        best = shown[-1] if shown else index
        shown.append(index if index == 0 or gains(correct, attempts[best]) else best)
    return shown


def gains(new: np.ndarray, best: np.ndarray) -> bool:
    """Return whether `new` is right on more images than `best` by more than a step; both bool, shape (N,)."""
    difference = new.astype(np.int8) - best.astype(np.int8)
    gain = difference.mean()
    return bool(gain > max(STEP, difference.std(ddof=1) / np.sqrt(len(difference))))
