"""The gradient that came in is divided in place.

Feedback: changed its argument in place
"""


def avg_pool2d_backward(grad_output, input_size, kernel_size, stride):
    grad_input = grad_output.new_zeros(*grad_output.shape[:2], *input_size)
    grad_output /= kernel_size**2
    for h in range(grad_output.shape[2]):
        for w in range(grad_output.shape[3]):
            rows = slice(h * stride, h * stride + kernel_size)
            columns = slice(w * stride, w * stride + kernel_size)
            grad_input[:, :, rows, columns] += grad_output[:, :, h : h + 1, w : w + 1]
    return grad_input
