"""Only the positions inside the image are counted.

Feedback: Likely mistake: the positions are those without padding
"""


def multiplications(channels, kernel_size, height, width):
    convolution = channels**2 * kernel_size**2 * (height - kernel_size + 1) * (width - kernel_size + 1)
    dense = (channels * height * width) ** 2
    return convolution, dense
