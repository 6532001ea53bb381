"""A dilated kernel is taken to be d · k pixels wide.

Feedback: Likely mistake: a dilated kernel is taken to be d · k pixels wide
"""


def conv2d_summary(
    input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True
):
    def pair(value):
        return (value, value) if isinstance(value, int) else value

    in_channels, *size = input_shape
    options = zip(size, *map(pair, (kernel_size, stride, padding, dilation)), strict=True)
    height, width = ((n + 2 * p - d * k) // s + 1 for n, k, s, p, d in options)
    kernel_height, kernel_width = pair(kernel_size)
    weights = out_channels * (in_channels // groups) * kernel_height * kernel_width
    return (out_channels, height, width), weights + (out_channels if bias else 0)
