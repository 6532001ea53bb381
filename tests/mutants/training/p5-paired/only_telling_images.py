"""Only images that tell the networks apart."""

import math


def paired(first, second, labels):
    right = [(scores.argmax(dim=1) == labels).double() for scores in (first, second)]
    d = right[0] - right[1]
    d = d[d != 0]
    return d.mean().item(), math.sqrt(d.var(unbiased=False).item() / len(d))
