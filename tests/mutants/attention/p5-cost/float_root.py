"""A root, rounded up: wrong where it comes out whole."""

import math


def smallest_side(dim, kernel_size):
    """Return the side of the smallest map on which attention costs more than a convolution.

    dim, kernel_size : int
    returns : int
    """
    return max(1, math.ceil(math.sqrt(max(0, (kernel_size**2 - 4) * dim / 2))))
