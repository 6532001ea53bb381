"""The triple of the whole network.

Feedback: Likely mistake: only the last layer's triple is returned
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * (kernel_size - 1) * jump
        start -= padding * jump
        jump *= stride
    return size, jump, start
