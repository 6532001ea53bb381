"""Numbers from NumPy, letters in one text and another order."""

import numpy as np


def conclusions():
    volume = np.prod([32, 28, 28])
    return {
        "conv_weights": np.int64(32 * 32 * 5 * 5),
        "dense_weights": volume**2,
        "true_statements": "e, c, b",
    }
