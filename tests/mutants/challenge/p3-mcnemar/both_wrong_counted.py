"""Images on which the two differ are counted, right or not."""

import math


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += one != label and one != two
    n = b + c
    tail = sum(math.comb(n, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail / 2**n)
