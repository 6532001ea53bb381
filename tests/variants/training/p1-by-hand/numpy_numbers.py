"""NumPy's numbers."""

import numpy as np


def by_hand():
    return {
        "steps": np.int64(352),
        "last_batch": np.int32(72),
        "epoch_loss": np.int64(24),
        "start": np.int64(2079),
        "floor": np.int64(1274),
        "zeroed": tuple(np.array([8, 4, 2])),
        "added_up": tuple(np.array([8, -4, -14])),
        "momentum": list(np.array([48, 28, 11])),
        "training_mode": (np.int64(-1), np.int64(1)),
        "evaluation_mode": (0, np.int8(2)),
        "note": "a key that nobody asks for",
    }
