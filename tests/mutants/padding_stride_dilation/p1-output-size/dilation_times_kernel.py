"""A dilated window is taken to span D times K pixels.

Feedback: Likely mistake: the span of the dilated window is taken to be D times K
"""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]

    result = []
    for n, k, s, p, d in zip(size, *options, strict=True):
        if n + 2 * p < d * k:
            raise ValueError("the window does not fit")
        result.append((n + 2 * p - d * k) // s + 1)
    return tuple(result)
