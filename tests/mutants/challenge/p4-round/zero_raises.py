"""Zero has no logarithm.

Feedback: raised ValueError
"""

import math


def round_to_bits(x, bits=8):
    step = 2.0 ** (math.floor(math.log2(abs(x))) + 1 - bits)
    return float(round(x / step) * step)
