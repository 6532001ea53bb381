"""The dilated window is taken to be as wide as the kernel.

Feedback: Likely mistake: the dilation is ignored
"""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    return tuple((n + 2 * p - k) % s for n, k, s, p, _ in zip(size, *options, strict=True))
