"""Each row is the one before, moved on by one pixel, also at the end of a line.

Feedback: Likely mistake: each row moves on by one pixel
"""

import torch.nn.functional as F


def dense_matrix(kernel, height, width):
    kh, kw = kernel.shape
    h_out, w_out = height - kh + 1, width - kw + 1
    matrix = kernel.new_zeros(h_out, w_out, height, width)
    first = F.pad(kernel, (0, width - kw, 0, height - kh)).flatten()
    for h in range(h_out):
        for w in range(w_out):
            matrix[h, w] = first.roll(h * w_out + w).reshape(height, width)
    return matrix.reshape(h_out * w_out, height * width)
