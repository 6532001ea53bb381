"""A while loop and NumPy's numbers."""

import numpy as np


def early_stop(val_losses, patience):
    kept = now = np.int64(1)
    while now < len(val_losses) and now - kept < patience:
        now += 1
        if val_losses[now - 1] < val_losses[kept - 1]:
            kept = now
    return kept, now
