"""The third number is the center of the field.

Feedback: Likely mistake: the third number is the center of the field
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * (kernel_size - 1) * jump
        start += ((kernel_size - 1) * dilation / 2 - padding) * jump
        jump *= stride
        result.append((size, jump, start))
    return result
