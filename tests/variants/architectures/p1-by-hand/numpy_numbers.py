"""NumPy's numbers."""

import numpy as np


def by_hand():
    def macs(side, into, out, kernel_size):
        return np.prod([side, side, into, out, kernel_size, kernel_size])

    groups = [(32, 32), (16, 64), (8, 128)]
    dense = np.array([128 * 4 * 4 * 256 + 256, 256 * 10 + 10])
    inputs = [3, 32, 64]
    first = [macs(side, into, out, 3) for into, (side, out) in zip(inputs, groups, strict=True)]
    second = [macs(side, out, out, 3) for side, out in groups]
    weights = sum(9 * out * (into + out) + 2 * out for into, (_, out) in zip(inputs, groups, strict=True))
    work = np.int64(128 * 4 * 4 * 256 + 2560)
    return {
        "a_macs_1": macs(26, 3, 10, 7),
        "a_macs_2": macs(11, 10, 6, 5),
        "a_bytes": np.int32(8 * 4) * (10 * np.square(26) + 6 * np.square(11)),
        "b_layers": np.int64(8),
        "b_map": tuple(np.array([128, 4, 4])),
        "b_macs": tuple(second),
        "b_dense": dense.sum(),
        "b_global": np.int64(1290),
        "b_share_parameters": np.int64(np.round(100 * dense.sum() / (dense.sum() + weights))),
        "b_share_macs": int(np.round(100 * work / (work + sum(first) + sum(second)))),
    }
