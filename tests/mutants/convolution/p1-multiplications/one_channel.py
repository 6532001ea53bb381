"""The channels are forgotten.

Feedback: Likely mistake: one channel is counted
"""


def multiplications(channels, kernel_size, height, width):
    convolution = kernel_size**2 * height * width
    dense = (height * width) ** 2
    return convolution, dense
