"""Exact fractions."""

from fractions import Fraction
from math import comb


def mcnemar(truth, first, second):
    rows = list(zip(truth, first, second, strict=True))
    b = len([1 for t, a, _ in rows if a == t]) - len([1 for row in rows if len(set(row)) == 1])
    c = len([1 for t, _, a in rows if a == t]) - len([1 for row in rows if len(set(row)) == 1])
    p = 2 * sum(Fraction(comb(b + c, i), 2 ** (b + c)) for i in range(min(b, c) + 1))
    return float(min(p, 1))
