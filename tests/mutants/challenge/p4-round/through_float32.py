"""Rounded twice: what lies just beside a tie becomes one."""

import math

import torch


def round_to_bits(x, bits=8):
    m, e = math.frexp(torch.tensor(x, dtype=torch.float32).item())
    return math.ldexp(round(m * 2**bits), e - bits)
