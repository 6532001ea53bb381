"""The jumps of layers are added, not multiplied."""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * (kernel_size - 1) * jump
        start -= padding * jump
        jump += stride - 1
        result.append((size, jump, start))
    return result
