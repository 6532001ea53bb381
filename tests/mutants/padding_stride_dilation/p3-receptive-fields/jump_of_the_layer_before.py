"""The stride of the layer before is taken for the product of all strides before."""


def receptive_fields(layers):
    size, jump, start, before = 1, 1, 0, 1
    result = []
    for kernel_size, stride, padding, dilation in layers:
        size += dilation * (kernel_size - 1) * before
        start -= padding * before
        jump *= stride
        before = stride
        result.append((size, jump, start))
    return result
