"""NumPy's root gives NumPy's numbers."""

import numpy as np


def wilson(correct, total):
    share, z = np.float64(correct) / total, 1.96
    root = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low, high = (share + z**2 / (2 * total) + np.array([-root, root])) / (1 + z**2 / total)
    return low, high
