"""The way back is taken to restore the size by itself.

Feedback: Likely mistake: it is always 0
"""


def restoring_output_padding(size, kernel_size, stride=1, padding=0, dilation=1):
    return (0, 0)
