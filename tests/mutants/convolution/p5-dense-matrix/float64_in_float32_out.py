"""The matrix is float32, whatever the kernel is.

Feedback: returned dtype float32, expected float64
"""

import torch


def dense_matrix(kernel, height, width):
    kh, kw = kernel.shape
    h_out, w_out = height - kh + 1, width - kw + 1
    matrix = torch.zeros(h_out, w_out, height, width)
    for h in range(h_out):
        for w in range(w_out):
            matrix[h, w, h : h + kh, w : w + kw] = kernel
    return matrix.reshape(h_out * w_out, height * width)
