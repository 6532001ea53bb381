"""A window that is exactly as large as the padded image is refused.

Feedback: raised ValueError (the window does not fit)
"""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    result = []
    for n, k, s, p, d in zip(size, *options, strict=True):
        span = d * (k - 1) + 1
        if span >= n + 2 * p:
            raise ValueError("the window does not fit")
        result.append((n + 2 * p - span) // s + 1)
    return tuple(result)
