"""NumPy's numbers."""

import numpy as np


def by_hand():
    convolutions, channels = np.array([8 * 27, 8 * 9, 16 * 8]), np.array([8, 8, 16])
    trained = np.sum(convolutions + 2 * channels) + 170
    C = np.arange(1, 100)
    return {
        "a_standard": np.int64(48 * 24 * 9),
        "a_separable": np.int32(24 * 9 + 48 * 24),
        "a_macs": tuple(256 * np.array([10_368, 1_368])),
        "b_trained": trained,
        "b_stored": trained + 2 * channels.sum(),
        "b_file": trained - channels.sum(),
        "c_standard": C[9 * C**2 + C <= 5_000].max(),
        "c_separable": C[C**2 + 11 * C <= 5_000].max(),
    }
