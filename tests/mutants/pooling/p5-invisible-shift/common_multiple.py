"""The least common multiple of the strides.

Feedback: the least common multiple
"""

import math


def invisible_shift(layers):
    return math.lcm(*(stride for _, stride in layers))
