"""The search for the maximum starts at -1.

Feedback: a maximum below zero is not found
"""

import torch


def max_pool2d_backward(grad_output, input, kernel_size, stride):
    grad_input = torch.zeros_like(input)
    N, C, h_out, w_out = grad_output.shape
    for n in range(N):
        for c in range(C):
            for h in range(h_out):
                for w in range(w_out):
                    best, place = -1, (h * stride, w * stride)
                    for row in range(h * stride, h * stride + kernel_size):
                        for column in range(w * stride, w * stride + kernel_size):
                            if input[n, c, row, column] > best:
                                best, place = input[n, c, row, column], (row, column)
                    grad_input[n, c, place[0], place[1]] += grad_output[n, c, h, w]
    return grad_input
