"""The weights are counted, not their uses.

Feedback: Likely mistake: the kernel is used at one position only
"""


def multiplications(channels, kernel_size, height, width):
    convolution = channels**2 * kernel_size**2
    dense = (channels * height * width) ** 2
    return convolution, dense
