"""The images are taken to be square."""


def multiplications(channels, kernel_size, height, width):
    convolution = channels**2 * kernel_size**2 * height**2
    dense = (channels * height**2) ** 2
    return convolution, dense
