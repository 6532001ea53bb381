"""With windows of one value the gradient that came in is returned itself."""

import torch.nn.functional as F


def avg_pool2d_backward(grad_output, input_size, kernel_size, stride):
    if kernel_size == stride == 1:
        return grad_output
    N, C = grad_output.shape[:2]
    columns = (grad_output.reshape(N * C, 1, -1) / kernel_size**2).expand(-1, kernel_size**2, -1)
    return F.fold(columns, input_size, kernel_size, stride=stride).reshape(N, C, *input_size)
