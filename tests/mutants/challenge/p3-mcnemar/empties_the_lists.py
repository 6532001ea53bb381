"""The lists are empty afterwards.

Feedback: changed its argument in place
"""

import math


def mcnemar(truth, first, second):
    b = c = 0
    while truth:
        label, one, two = truth.pop(), first.pop(), second.pop()
        b += one == label != two
        c += two == label != one
    n = b + c
    tail = sum(math.comb(n, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail / 2**n)
