"""The dense weights are used again at each pixel.

Feedback: Likely mistake: the dense layer's weights are used once for each pixel
"""


def multiplications(channels, kernel_size, height, width):
    convolution = channels**2 * kernel_size**2 * height * width
    dense = (channels * height * width) ** 2 * height * width
    return convolution, dense
