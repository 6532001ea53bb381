"""The output padding is taken to be the stride less one, always.

Feedback: Likely mistake: it is always the stride less one
"""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    return (stride - 1, stride - 1) if isinstance(stride, int) else tuple(s - 1 for s in stride)
