"""The taps of a dilated kernel are taken to be neighbors.

Feedback: Likely mistake: the dilation is ignored
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, _ in layers:
        size += (kernel_size - 1) * jump
        start -= padding * jump
        jump *= stride
        result.append((size, jump, start))
    return result
