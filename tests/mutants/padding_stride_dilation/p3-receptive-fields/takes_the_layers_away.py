"""The list of layers is emptied.

Feedback: changed its argument in place
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    while layers:
        kernel_size, stride, padding, dilation = layers.pop(0)
        size += dilation * (kernel_size - 1) * jump
        start -= padding * jump
        jump *= stride
        result.append((size, jump, start))
    return result
