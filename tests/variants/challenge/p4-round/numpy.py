"""NumPy takes the number apart."""

import numpy as np


def round_to_bits(x, bits=8):
    mantissa, exponent = np.frexp(np.float64(x))
    return np.ldexp(np.rint(np.ldexp(mantissa, bits)), exponent - bits)
