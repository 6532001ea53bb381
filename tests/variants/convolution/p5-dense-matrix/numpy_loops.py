"""NumPy's matrix, filled weight by weight."""

import numpy as np
import torch


def dense_matrix(kernel, height, width):
    weights = kernel.numpy()
    kh, kw = weights.shape
    matrix = np.zeros(((height - kh + 1) * (width - kw + 1), height * width), dtype=weights.dtype)
    for row in range(len(matrix)):
        top, left = divmod(row, width - kw + 1)
        for i in range(kh):
            start = (top + i) * width + left
            matrix[row, start : start + kw] = weights[i]
    return torch.from_numpy(matrix)
