"""Only the height is looked at.

Feedback: output_size((10, 2), 3, 1, 0, 1) returned (8, 0), but there the window does not fit
"""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    result = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(size, *options, strict=True)]
    if result[0] < 1:
        raise ValueError("the window does not fit")
    return tuple(result)
