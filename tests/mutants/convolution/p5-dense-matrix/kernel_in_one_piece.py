"""The kernel's rows follow each other.

Feedback: Likely mistake: the kernel's rows follow each other
"""


def dense_matrix(kernel, height, width):
    kh, kw = kernel.shape
    h_out, w_out = height - kh + 1, width - kw + 1
    matrix = kernel.new_zeros(h_out, w_out, height, width)
    for h in range(h_out):
        for w in range(w_out):
            start = h * width + w
            matrix[h, w].view(-1)[start : start + kh * kw] = kernel.flatten()
    return matrix.reshape(h_out * w_out, height * width)
