"""A tensor, not a number.

Feedback: `.item()` makes a number of it
"""

import math

import torch


def round_to_bits(x, bits=8):
    m, e = math.frexp(x)
    return torch.tensor(math.ldexp(round(m * 2**bits), e - bits), dtype=torch.float64)
