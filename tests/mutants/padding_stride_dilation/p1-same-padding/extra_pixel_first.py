"""The pixel left over is put on the left and at the top.

Feedback: Likely mistake: the pixel left over is put first
"""


def same_padding(kernel_size, dilation=1):
    kh, kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    rows, columns = dh * (kh - 1), dw * (kw - 1)

    return (columns - columns // 2, columns // 2, rows - rows // 2, rows // 2)
