"""An integer root."""

import math


def smallest_side(dim, kernel_size):
    """Return the side of the smallest map on which attention costs more than a convolution.

    dim, kernel_size : int
    returns : int
    """
    surplus = (kernel_size**2 - 4) * dim
    return 1 if surplus < 2 else math.isqrt(surplus // 2) + 1
