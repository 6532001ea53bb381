"""Every step that makes the map smaller is taken for a halving.

Feedback: every stride is taken for 2
"""


def invisible_shift(layers):
    return 2 ** sum(stride > 1 for _, stride in layers)
