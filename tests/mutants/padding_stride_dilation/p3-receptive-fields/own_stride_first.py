"""The jump is multiplied before the window is measured with it.

Feedback: Likely mistake: a layer's own stride spreads its window
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, dilation in layers:
        jump *= stride
        size += dilation * (kernel_size - 1) * jump
        start -= padding * jump
        result.append((size, jump, start))
    return result
