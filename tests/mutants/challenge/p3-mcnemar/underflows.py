"""The first term is 0 where more than 1,074 images tell, and so all that follow are.

Feedback: 0.5**n is 0 as a float
"""


def mcnemar(truth, first, second):
    b = c = 0
    for label, one, two in zip(truth, first, second, strict=True):
        b += one == label != two
        c += two == label != one
    n = b + c
    term, tail = 0.5**n, 0.0
    for i in range(min(b, c) + 1):
        tail += term
        term *= (n - i) / (i + 1)
    return min(1.0, 2 * tail)
