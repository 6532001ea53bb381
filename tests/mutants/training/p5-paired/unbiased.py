"""Divided by N − 1."""

import math


def paired(first, second, labels):
    right = [(scores.argmax(dim=1) == labels).double() for scores in (first, second)]
    d = right[0] - right[1]
    return d.mean().item(), math.sqrt(d.var(unbiased=True).item() / len(d))
