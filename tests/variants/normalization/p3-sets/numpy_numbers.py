"""NumPy's numbers."""

import numpy as np


def sets():
    N, C, H, W, groups = np.array([8, 6, 4, 5, 3])
    return {
        "batch": (C, N * H * W),
        "layer": (N, C * H * W),
        "group": (N * groups, C // groups * H * W),
        "instance": (N * C, H * W),
        "parameters": (2 * C, 2 * C * H * W, 2 * C),
        "num_groups": (1, C),
    }
