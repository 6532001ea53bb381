"""The filters are made by NumPy, and become float32 at the end."""

import numpy as np
import torch


def filter_bank():
    identity = np.pad(np.ones((1, 1)), 1)
    blur = np.ones((3, 3)) / np.float64(9)
    sobel_x = np.outer([1, 2, 1], [-1, 0, 1])
    filters = [identity, blur, 2 * identity - blur, np.sign(sobel_x), sobel_x, sobel_x.T]
    return torch.from_numpy(np.stack(filters)[:, None]).float()
