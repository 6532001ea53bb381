"""The last position of the kernel in a line is left out.

Feedback: dense_matrix returned shape
"""


def dense_matrix(kernel, height, width):
    kh, kw = kernel.shape
    h_out, w_out = height - kh + 1, width - kw
    matrix = kernel.new_zeros(h_out, w_out, height, width)
    for h in range(h_out):
        for w in range(w_out):
            matrix[h, w, h : h + kh, w : w + kw] = kernel
    return matrix.reshape(h_out * w_out, height * width)
