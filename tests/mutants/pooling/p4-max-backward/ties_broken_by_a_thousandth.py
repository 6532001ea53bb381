"""A small number that grows with the place is taken away, so that the first of several maxima wins.

Feedback: ties are broken by a small number such as 0.001
"""

import torch


def max_pool2d_backward(grad_output, input, kernel_size, stride):
    grad_input = torch.zeros_like(input)
    later = 0.001 * torch.arange(kernel_size**2).reshape(kernel_size, kernel_size)
    for h in range(grad_output.shape[2]):
        for w in range(grad_output.shape[3]):
            rows = slice(h * stride, h * stride + kernel_size)
            columns = slice(w * stride, w * stride + kernel_size)
            window = input[:, :, rows, columns] - later
            winner = window == window.amax((2, 3), keepdim=True)
            grad_input[:, :, rows, columns] += winner * grad_output[:, :, h : h + 1, w : w + 1]
    return grad_input
