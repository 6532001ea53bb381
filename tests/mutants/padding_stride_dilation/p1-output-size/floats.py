"""The sizes are floats.

Feedback: // divides without a remainder
"""

from math import floor


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    result = []
    for n, k, s, p, d in zip(size, *options, strict=True):
        positions = n + 2 * p - d * (k - 1)
        if positions < 1:
            raise ValueError("the window does not fit")
        result.append(floor((positions - 1) / s) + 1.0)
    return tuple(result)
