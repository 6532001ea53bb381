"""NumPy's numbers."""

import numpy as np


def by_hand():
    weights = np.array([2 * 9 * 64**2, 2 * 9 * 256**2, 2 * 256 * 64 + 9 * 64**2, 64 * 128])
    total = weights + 2 * np.array([2 * 64, 2 * 256, 64 + 64 + 256, 128])
    keys = ("basic_64", "basic_256", "bottleneck_256", "projection")
    return dict(zip(keys, total, strict=True)) | {
        "layers_basic": np.int64(2 + 2 * 16),
        "layers_bottleneck": np.int32(2 + 3 * 16),
    }
