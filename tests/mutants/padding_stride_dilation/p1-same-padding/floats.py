"""Halves by `/`."""


def same_padding(kernel_size, dilation=1):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    rows, columns = dh * (kh - 1), dw * (kw - 1)
    return (columns / 2, columns / 2, rows / 2, rows / 2)
