"""Only the first image gets a gradient.

Feedback: only the first image is used
"""

import torch


def max_pool2d_backward(grad_output, input, kernel_size, stride):
    grad_input = torch.zeros_like(input)
    _N, C, h_out, w_out = grad_output.shape
    for n in range(1):
        for c in range(C):
            for h in range(h_out):
                for w in range(w_out):
                    top, left = h * stride, w * stride
                    window = input[n, c, top : top + kernel_size, left : left + kernel_size]
                    i, j = (window == window.max()).nonzero()[0].tolist()
                    grad_input[n, c, top + i, left + j] += grad_output[n, c, h, w]
    return grad_input
