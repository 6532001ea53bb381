"""Decimals for significant bits.

Feedback: so many decimals are kept
"""


def round_to_bits(x, bits=8):
    return float(round(x, bits))
