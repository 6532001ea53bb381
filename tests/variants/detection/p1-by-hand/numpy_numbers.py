"""NumPy's numbers and lists."""

import numpy as np


def by_hand():
    full = np.zeros(7, dtype=int)
    counts = np.zeros(7, dtype=int)
    for place, value in enumerate((1, 2, 3)):
        full[2 * place : 2 * place + 3] += value * np.arange(1, 4)
        counts[2 * place : 2 * place + 3] += 1
    return {
        "a_full": list(full),
        "a_padded": tuple(full[1:-1]),
        "a_output": list(full[1:]),
        "a_counts": tuple(counts),
        "b_four": np.int64(14),
        "b_three": 14,
        "b_five": np.int32(13),
        "c_pair": [np.int64(1), 7],
        "c_inside": [1, 4],
        "d_quarter": [4, 0],
        "d_half": tuple(np.array([4, 0, 2])),
        "d_most": [4, 0, 1, 2],
        "e_four": (5, 8),
        "e_five": (1, 2),
    }
