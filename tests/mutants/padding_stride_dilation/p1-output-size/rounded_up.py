"""What the floor drops is counted.

Feedback: Likely mistake: the size is rounded up
"""

from math import ceil


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    result = []
    for n, k, s, p, d in zip(size, *options, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        if room < 0:
            raise ValueError("the window does not fit")
        result.append(ceil(room / s) + 1)
    return tuple(result)
