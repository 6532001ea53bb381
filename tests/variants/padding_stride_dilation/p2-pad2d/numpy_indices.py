"""NumPy's indices, and a mask."""

import numpy as np
import torch


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    rows = np.arange(-top, x.shape[2] + bottom)[:, None]
    columns = np.arange(-left, x.shape[3] + right)[None]
    sources = []
    for places, n in ((rows, x.shape[2]), (columns, x.shape[3])):
        if mode == "circular":
            sources.append(places % n)
        elif mode == "reflect":
            sources.append(n - 1 - abs(n - 1 - abs(places)))
        else:
            sources.append(places.clip(0, n - 1))
    y = x.numpy()[:, :, sources[0], sources[1]]
    if mode == "zeros":
        y = np.where((sources[0] == rows) & (sources[1] == columns), y, np.zeros_like(y))
    return torch.from_numpy(y)
