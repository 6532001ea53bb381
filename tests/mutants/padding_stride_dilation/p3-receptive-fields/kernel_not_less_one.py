"""Each layer adds K fields, although one of them is there already.

Feedback: Likely mistake: a kernel of K units is taken to add K fields
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * kernel_size * jump
        start -= padding * jump
        jump *= stride
        result.append((size, jump, start))
    return result
