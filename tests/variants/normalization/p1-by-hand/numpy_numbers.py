"""NumPy's numbers, arrays made lists."""

import numpy as np


def by_hand():
    red, green = np.array([10, 10, 20, 20]), np.array([0, 8, 0, 8])
    pairs = {name: np.array([x.mean(), x.std()]).astype(int) for name, x in (("red", red), ("green", green))}
    mean, std = pairs["red"]
    test = (np.array([25, 15]) - mean) // std
    return {
        "red": tuple(pairs["red"]),
        "green": list(pairs["green"]),
        "test_red": tuple(test),
        "test_red_mean": np.int64(test.mean()),
        "undo_red": -3 * std + mean,
        "numbers": np.prod([2, 3]),
    }
