"""The sum ends at c.

Feedback: the sum goes to c, not to the smaller of b and c
"""

import math


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += two == label != one
    n = b + c
    tail = sum(math.comb(n, i) for i in range(c + 1))
    return min(1.0, 2 * tail / 2**n)
