"""The amounts come in the order of the kernel's pair.

Feedback: Likely mistake: top and bottom come before left and right
"""


def same_padding(kernel_size, dilation=1):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    rows, columns = dh * (kh - 1), dw * (kw - 1)

    return (rows // 2, rows - rows // 2, columns // 2, columns - columns // 2)
