"""The answers are NumPy's integers."""

import numpy as np


def by_hand():
    def positions(n, k, s=1, p=0, d=1):
        return np.int64(n + 2 * p - d * (k - 1) - 1) // s + np.int64(1)

    return {
        "a": positions(33, 3, 2, 1),
        "b": positions(224, 7, 2, 3),
        "c": positions(32, 3, d=4),
        "d": (positions(15, 3, 2, 1), positions(20, 5, 1, 0, 2)),
        "e": np.arange(20)[[positions(224, 11, 4, p) == 55 for p in range(20)]].min(),
    }
