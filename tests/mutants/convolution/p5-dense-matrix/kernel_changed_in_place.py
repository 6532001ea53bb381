"""The kernel is flipped in place, and not back again.

Feedback: changed its argument in place
"""


def dense_matrix(kernel, height, width):
    kernel.copy_(kernel.flip(0, 1))
    kh, kw = kernel.shape
    h_out, w_out = height - kh + 1, width - kw + 1
    matrix = kernel.new_zeros(h_out, w_out, height, width)
    for h in range(h_out):
        for w in range(w_out):
            matrix[h, w, h : h + kh, w : w + kw] = kernel.flip(0, 1)
    return matrix.reshape(h_out * w_out, height * width)
