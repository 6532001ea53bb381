"""NumPy's functions."""

import numpy as np


def suspect(losses, classes):
    losses = np.array(losses)
    if not np.isfinite(losses).all():
        return "not finite"
    first, smallest, last = losses[0], losses.min(), losses[-1]
    floor = 1 - np.log(np.e)
    floor += -1 + np.log(np.e + classes - 1)
    tests = {
        "start": abs(first - np.log(classes)) > 0.5,
        "stuck": smallest > 0.9 * first,
        "softmax": smallest >= floor,
        "not learned": last > 0.1,
    }
    return next((name for name, found in tests.items() if found), "ok")
