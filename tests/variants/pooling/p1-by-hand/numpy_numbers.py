"""NumPy's numbers, in lists and by themselves."""

import numpy as np


def by_hand():
    image = np.array(
        [[-3, -1, 2, 0, 1], [-5, -7, 4, 10, 3], [1, 9, -2, 0, 7], [7, -1, 2, 8, -4], [0, 2, 5, -6, -8]]
    )
    blocks = image[:4, :4].reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(4, 4)
    return {
        "max_2_2": tuple(blocks.max(axis=1)),
        "avg_2_2": tuple(blocks.sum(axis=1) // 4),
        "max_3_2": [np.max(image[i : i + 3, j : j + 3]) for i in (0, 2) for j in (0, 2)],
        "max_3_2_padded": [
            np.max(image[max(i, 0) : i + 3, max(j, 0) : j + 3]) for i in (-1, 1, 3) for j in (-1, 1, 3)
        ],
        "outputs_2_2": np.int64(27) ** 2,
        "outputs_3_2": np.int32(729),
        "unseen_2_2": np.int64(55 + 54),
        "head_flatten": np.prod([128, 16, 16, 100]) + 100,
        "head_pooled": np.prod([128, 8, 8, 100]) + 100,
        "head_global": np.int64(12_900),
    }
