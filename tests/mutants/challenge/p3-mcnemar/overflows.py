"""A power as a float: too large where more than 1,023 images tell.

Feedback: raised OverflowError
"""

import math


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += two == label != one
    n = b + c
    tail = sum(math.comb(n, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail / 2.0**n)
