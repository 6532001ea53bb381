"""NumPy's numbers, and the letters in one text, in another order."""

import numpy as np


def findings():
    a, b = np.array([2, 4]), np.array([12, 14])
    return {
        "train_a": tuple((a - a.mean()).astype(int)),
        "train_b": tuple((b - b.mean()).astype(int)),
        "eval_a": tuple((a - 8) // 2),
        "eval_b": tuple((b - 8) // 2),
        "batch_of_one": np.int64(5),
        "images_needed": np.square(12 // 3),
        "true_statements": "f, d, b, a",
    }
