"""Rows belong to pixels, not to outputs.

Feedback: Likely mistake: the matrix is transposed
"""


def dense_matrix(kernel, height, width):
    kh, kw = kernel.shape
    h_out, w_out = height - kh + 1, width - kw + 1
    matrix = kernel.new_zeros(h_out, w_out, height, width)
    for h in range(h_out):
        for w in range(w_out):
            matrix[h, w, h : h + kh, w : w + kw] = kernel
    return matrix.reshape(h_out * w_out, height * width).T
