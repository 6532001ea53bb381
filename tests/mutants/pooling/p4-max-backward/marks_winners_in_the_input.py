"""A winner is marked in the input itself, which changes it."""

import torch


def max_pool2d_backward(grad_output, input, kernel_size, stride):
    grad_input = torch.zeros_like(input)
    N, C, h_out, w_out = grad_output.shape
    for n in range(N):
        for c in range(C):
            for h in range(h_out):
                for w in range(w_out):
                    top, left = h * stride, w * stride
                    window = input[n, c, top : top + kernel_size, left : left + kernel_size]
                    i, j = divmod(int(window.argmax()), kernel_size)
                    grad_input[n, c, top + i, left + j] += grad_output[n, c, h, w]
                    window[i, j] += 1e-3
    return grad_input
