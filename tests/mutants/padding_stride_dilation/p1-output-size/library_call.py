"""The course's package finds the size.

Feedback: the library's
"""

import cnnlib


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    return cnnlib.conv_output_size(size, kernel_size, stride, padding, dilation)
