"""The result is NumPy's number."""

import numpy as np


def shift_change(f, images, shift):
    before = f(images).detach().numpy().ravel()
    after = f(images.roll(shift, (2, 3))).detach().numpy().ravel()
    return np.sqrt(np.square(after - before, dtype=np.float64).sum()) / np.sqrt(np.square(before).sum())
