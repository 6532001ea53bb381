"""The second argument must be given.

Feedback: raised TypeError
"""

import math


def round_to_bits(x, bits):
    m, e = math.frexp(x)
    return math.ldexp(round(m * 2**bits), e - bits)
