"""`int` rounds toward zero, so a window that does not fit gets a size.

Feedback: the window does not fit on the image: raise a ValueError
"""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]

    return tuple(
        int((n + 2 * p - d * (k - 1) - 1) / s) + 1 for n, k, s, p, d in zip(size, *options, strict=True)
    )
