"""Pooling is taken to be invariant.

Feedback: pooling is taken to be invariant
"""


def invisible_shift(layers):
    return 1
