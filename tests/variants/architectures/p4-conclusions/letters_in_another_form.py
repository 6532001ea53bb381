"""The letters as one text, in capitals and in another order; NumPy's numbers."""

import numpy as np


def conclusions():
    naive = np.array([64 * 1, 128 * 9, 32 * 25]) * 192
    reduced = np.array([192 * 64, 192 * 96, 96 * 128 * 9, 192 * 16, 16 * 32 * 25, 192 * 32])
    return {
        "naive_weights": naive.sum(),
        "naive_channels": np.int64(416),
        "reduced_weights": reduced.sum(),
        "true_statements": "F, c, B, e",
        "stack_channels": 192 + 5 * np.sum([64, 128, 32]),
        "stack_field": np.int32(13),
        "reduced_macs": reduced.sum() * 28**2,
    }
