"""Arrays, tuples, and numbers rounded to five decimals."""

import numpy as np


def results():
    first = [
        [165, 8, 0, 0, 0, 2, 0, 0, 25, 0],
        [47, 105, 16, 0, 1, 1, 0, 1, 27, 2],
        [2, 27, 145, 1, 2, 0, 1, 0, 4, 18],
        [1, 1, 19, 171, 1, 1, 0, 1, 1, 4],
        [0, 14, 42, 0, 112, 7, 1, 0, 2, 22],
        [0, 9, 124, 1, 17, 22, 0, 0, 4, 23],
        [2, 0, 1, 0, 1, 0, 189, 0, 0, 7],
        [1, 0, 10, 3, 0, 1, 3, 161, 1, 20],
        [60, 34, 8, 1, 0, 1, 0, 0, 95, 1],
        [0, 4, 19, 1, 2, 1, 2, 1, 1, 169],
    ]
    second = [
        [145, 19, 4, 3, 2, 3, 0, 0, 23, 1],
        [12, 85, 15, 11, 12, 13, 0, 0, 47, 5],
        [0, 1, 100, 22, 20, 39, 2, 3, 0, 13],
        [0, 0, 0, 195, 1, 3, 0, 1, 0, 0],
        [0, 0, 4, 8, 150, 27, 2, 2, 1, 6],
        [0, 0, 3, 17, 27, 142, 0, 0, 0, 11],
        [0, 0, 0, 5, 1, 2, 188, 2, 0, 2],
        [0, 0, 0, 4, 3, 2, 3, 183, 0, 5],
        [22, 26, 6, 3, 7, 10, 0, 0, 124, 2],
        [0, 0, 0, 15, 7, 19, 4, 6, 0, 149],
    ]
    matrices = np.array([first, second])
    N = matrices[0].sum()
    accuracies = matrices.diagonal(axis1=1, axis2=2).sum(axis=1) / N
    errors = 1.96 * np.sqrt(accuracies * (1 - accuracies) / N)
    return {
        "confusions": matrices,
        "pairs": (1105, 229, 356, 310),
        "accuracies": accuracies.round(5),
        "intervals": np.stack([accuracies - errors, accuracies + errors], axis=1),
        "difference": -0.0635,
        "difference_error": np.float64(0.01202),
        "different": np.bool_(True),
        "epochs": 2,
    }
