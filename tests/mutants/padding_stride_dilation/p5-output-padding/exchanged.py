"""The horizontal amount comes first.

Feedback: Likely mistake: height and width are exchanged in the result
"""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    found = [(n + 2 * p - d * (k - 1) - 1) % s for n, k, s, p, d in zip(size, *options, strict=True)]
    return tuple(found[::-1])
