"""The bits behind are dropped.

Feedback: the bits are cut off, not rounded
"""

import math


def round_to_bits(x, bits=8):
    m, e = math.frexp(x)
    return math.ldexp(math.trunc(m * 2**bits), e - bits)
