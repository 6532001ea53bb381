"""The numbers come out as floats.

Feedback: expected 324 (int)
"""


def multiplications(channels, kernel_size, height, width):
    convolution = channels**2 * kernel_size**2 * height * width / 1
    dense = (channels * height * width) ** 2
    return convolution, dense
