"""Each filter is taken to read one channel.

Feedback: Likely mistake: each filter reads one channel
"""


def multiplications(channels, kernel_size, height, width):
    convolution = channels * kernel_size**2 * height * width
    dense = (channels * height * width) ** 2
    return convolution, dense
