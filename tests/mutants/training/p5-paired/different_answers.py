"""Different predictions for different rightness."""

import math


def paired(first, second, labels):
    a, b = first.argmax(dim=1), second.argmax(dim=1)
    d = ((a == labels).double() - (b == labels).double()).mean().item()
    told = (a != b).double().mean().item()
    return d, math.sqrt((told - d**2) / len(labels))
