"""The size of a convolution.

Feedback: Likely mistake: it is the size of a convolution
"""


def transposed_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, output_padding, dilation)
    ]
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, _, d in zip(size, *options, strict=True)
    )
