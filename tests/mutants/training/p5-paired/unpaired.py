"""The errors of both are combined."""

import math


def paired(first, second, labels):
    right = [(scores.argmax(dim=1) == labels).double() for scores in (first, second)]
    d = right[0] - right[1]
    return d.mean().item(), math.sqrt(sum(one.var(unbiased=False).item() for one in right) / len(d))
