"""A binomial as a float: too large where more than 1,029 images tell.

Feedback: raised OverflowError
"""

import math


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += two == label != one
    n = b + c
    tail = sum(math.comb(n, i) * 0.5**n for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail)
