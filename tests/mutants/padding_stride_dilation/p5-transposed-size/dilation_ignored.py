"""A dilated stamp is taken to be as wide as the kernel.

Feedback: Likely mistake: the dilation is ignored
"""


def transposed_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, output_padding, dilation)
    ]
    return tuple((n - 1) * s - 2 * p + k + a for n, k, s, p, a, _ in zip(size, *options, strict=True))
