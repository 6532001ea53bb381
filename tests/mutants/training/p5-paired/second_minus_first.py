"""The second minus the first."""

import math


def paired(first, second, labels):
    right = [(scores.argmax(dim=1) == labels).double() for scores in (first, second)]
    d = right[1] - right[0]
    return d.mean().item(), math.sqrt(d.var(unbiased=False).item() / len(d))
