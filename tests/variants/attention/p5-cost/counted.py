"""All multiplications, as the task says."""


def smallest_side(dim, kernel_size):
    """Return the side of the smallest map on which attention costs more than a convolution.

    dim, kernel_size : int
    returns : int
    """
    for side in range(1, 100_000):
        L, D, K = side * side, dim, kernel_size
        if 3 * L * D**2 + L**2 * D + L**2 * D + L * D**2 > L * K**2 * D**2:
            return side
