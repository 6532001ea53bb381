"""The padding of a later layer is taken to be pixels of the image.

Feedback: Likely mistake: the padding of a layer is counted in pixels
"""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * (kernel_size - 1) * jump
        start -= padding
        jump *= stride
        result.append((size, jump, start))
    return result
