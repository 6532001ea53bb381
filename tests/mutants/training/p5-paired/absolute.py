"""The absolute difference."""

import math


def paired(first, second, labels):
    right = [(scores.argmax(dim=1) == labels).double() for scores in (first, second)]
    d = right[0] - right[1]
    return abs(d.mean().item()), math.sqrt(d.var(unbiased=False).item() / len(d))
