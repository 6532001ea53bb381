"""Halves go away from zero.

Feedback: a tie goes away from zero, not to the even neighbor
"""

import math


def round_to_bits(x, bits=8):
    m, e = math.frexp(abs(x))
    return math.copysign(math.ldexp(math.floor(m * 2**bits + 0.5), e - bits), x)
