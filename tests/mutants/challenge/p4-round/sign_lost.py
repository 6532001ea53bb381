"""The result is never negative.

Feedback: the sign is lost
"""

import math


def round_to_bits(x, bits=8):
    m, e = math.frexp(abs(x))
    return math.ldexp(round(m * 2**bits), e - bits)
