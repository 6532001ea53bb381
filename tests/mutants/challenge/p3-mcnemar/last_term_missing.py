"""The sum ends before the outcome itself.

Feedback: the sum leaves out its last term
"""

import math


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += two == label != one
    n = b + c
    tail = sum(math.comb(n, i) for i in range(min(b, c)))
    return min(1.0, 2 * tail / 2**n)
