"""Without an image that tells, p is 0."""

import math


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += two == label != one
    n = b + c
    if n == 0:
        return 0.0
    tail = sum(math.comb(n, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail / 2**n)
