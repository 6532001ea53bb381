"""NumPy's numbers; capital letters in a list."""

import numpy as np


def savings():
    weights, channels = np.prod([16, 3, 3, 3]), np.int64(16)
    return {
        "before": weights + 2 * channels,
        "after": weights + channels,
        "saved_with_bias": 2 * channels,
        "resnet50": np.int64(26_560),
        "true_statements": ["E", "C", "A"],
    }
