"""How sure a measured accuracy is."""

from __future__ import annotations

import math

__all__ = ["wilson"]

_Z = 1.959963984540054  # the standard normal's 97.5% quantile


def wilson(correct: int, total: int) -> tuple[float, float]:
    """Wilson's 95% interval for a share, here an accuracy.

    Parameters
    ----------
    correct, total : int
        How many of how many images are classified correctly.

    Returns
    -------
    low, high : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If `total` is not positive or `correct` is not in ``[0, total]``.

    Notes
    -----
    Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927). Unlike the usual ±1.96 standard errors it never leaves [0, 1].
    """
    if total < 1 or not 0 <= correct <= total:
        raise ValueError(f"An interval needs 0 <= correct <= total and total >= 1; got {correct} of {total}.")
    share, z2 = correct / total, _Z**2
    center = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    # At the ends the formula gives exactly 0 or 1, up to the rounding of its floats.
    return (0.0 if correct == 0 else center - half), (1.0 if correct == total else center + half)
