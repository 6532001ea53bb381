"""Only the first channel gets a gradient."""


def avg_pool2d_backward(grad_output, input_size, kernel_size, stride):
    grad_input = grad_output.new_zeros(*grad_output.shape[:2], *input_size)
    for h in range(grad_output.shape[2]):
        for w in range(grad_output.shape[3]):
            rows = slice(h * stride, h * stride + kernel_size)
            columns = slice(w * stride, w * stride + kernel_size)
            grad_input[:, :1, rows, columns] += grad_output[:, :1, h : h + 1, w : w + 1] / kernel_size**2
    return grad_input
