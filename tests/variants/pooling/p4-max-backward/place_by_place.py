"""Each place of the window in turn takes what no earlier place has taken."""

import torch


def max_pool2d_backward(grad_output, input, kernel_size, stride):
    h_out, w_out = grad_output.shape[2:]
    grad_input = torch.zeros_like(input)
    windows = input.unfold(2, kernel_size, stride).unfold(3, kernel_size, stride)
    largest = windows.amax(dim=(-2, -1))
    waiting = grad_output
    for i in range(kernel_size):
        for j in range(kernel_size):
            here = windows[..., i, j] == largest
            rows = slice(i, i + stride * (h_out - 1) + 1, stride)
            columns = slice(j, j + stride * (w_out - 1) + 1, stride)
            grad_input[:, :, rows, columns] += torch.where(here, waiting, 0)
            waiting = torch.where(here, 0, waiting)
    return grad_input
