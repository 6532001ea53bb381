"""The window and the padding are left out.

Feedback: Likely mistake: it is the remainder of the size itself
"""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    strides = (stride, stride) if isinstance(stride, int) else stride
    return tuple(n % s for n, s in zip(size, strides, strict=True))
