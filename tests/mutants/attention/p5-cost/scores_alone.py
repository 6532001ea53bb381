"""The weighted means are forgotten.

Feedback: the scores or the weighted means are left out
"""


def smallest_side(dim, kernel_size):
    """Return the side of the smallest map on which attention costs more than a convolution.

    dim, kernel_size : int
    returns : int
    """
    side = 1
    while 4 * dim + side**2 <= kernel_size**2 * dim:
        side += 1
    return side
