"""K, not K².

Feedback: it has K × K places
"""


def smallest_side(dim, kernel_size):
    """Return the side of the smallest map on which attention costs more than a convolution.

    dim, kernel_size : int
    returns : int
    """
    side = 1
    while 4 * dim + 2 * side**2 <= kernel_size * dim:
        side += 1
    return side
