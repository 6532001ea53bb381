"""Counts instead of tensors."""

import math


def paired(first, second, labels):
    only_first = only_second = 0
    for a, b, label in zip(first.argmax(1).tolist(), second.argmax(1).tolist(), labels.tolist(), strict=True):
        only_first += a == label != b
        only_second += b == label != a
    N = len(labels)
    d = (only_first - only_second) / N
    return d, math.sqrt(max(0.0, ((only_first + only_second) / N - d * d) / N))
