"""NumPy's numbers."""

import numpy as np


def vgg_stages(depth):
    early = np.where(depth == 11, 1, 2).item()
    late = np.int64((depth - 3 - 2 * early) // 3)
    channels = np.minimum(64 * 2 ** np.arange(5), 512)
    return list(zip([early, early, late, late, late], channels, strict=True))
