"""Logarithms of factorials, and NumPy's numbers."""

import math

import numpy as np


def mcnemar(truth, first, second):
    truth, first, second = map(np.array, (truth, first, second))
    b = np.count_nonzero((first == truth) & (second != truth))
    c = np.count_nonzero((first != truth) & (second == truth))
    n = int(b + c)
    logs = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in range(min(b, c) + 1)]
    return np.minimum(1.0, 2 * np.exp(np.array(logs) - n * np.log(2)).sum())
