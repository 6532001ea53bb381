"""Which entries of a board can be told apart: exact McNemar tests of pairs, corrected by Holm's method."""

from collections.abc import Sequence

import numpy as np

LEVEL = 0.05  # of all comparisons with a tier's first entry together


def mcnemar(first: np.ndarray, second: np.ndarray) -> float:
    """Return the exact two-sided p-value that two models are right equally often (McNemar, 1947).

    Parameters
    ----------
    first, second : bool array, shape (N,)
        Which images each model classifies correctly. Only images count on which exactly one of them is right;
        if the models are equally good, each of these is like a toss of a coin. Computed in whole numbers.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    total, fewer = only_first + only_second, min(only_first, only_second)
    ways = term = 1
    for k in range(fewer):
        term = term * (total - k) // (k + 1)
        ways += term
    # Python divides integers of any size exactly rounded; 2 ** total alone would overflow a float.
    return min(1.0, 2 * ways / 2**total)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number by the method of Holm (1979), in the same order."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected


def tiers(entries: Sequence[np.ndarray]) -> list[int]:
    """Return the tier, from 1, of each entry of a board.

    The first entry opens tier 1. Every entry below it is compared with it, and the tier ends before the first
    that is worse beyond chance; that one opens the next tier.

    Parameters
    ----------
    entries : sequence of bool array, shape (N,)
        Which images each model classifies correctly; the board's first entry first.
    """
    found: list[int] = []
    while len(found) < len(entries):
        start, tier = len(found), (found[-1] if found else 0) + 1
        first = entries[start]
        p_values = holm([mcnemar(first, other) for other in entries[start + 1 :]])
        worse = [
            p < LEVEL and other.sum() < first.sum()
            for p, other in zip(p_values, entries[start + 1 :], strict=True)
        ]
        length = 1 + (worse.index(True) if True in worse else len(worse))
        found += [tier] * length
    return found
