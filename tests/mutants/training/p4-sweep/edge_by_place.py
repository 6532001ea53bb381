"""The first and the last in the list."""

import math


def sweep(run, rates, seeds):
    means = {}
    for rate in rates:
        values = [run(rate, seed) for seed in seeds]
        if not any(math.isnan(value) for value in values):
            means[rate] = sum(values) / len(values)
    best = max(sorted(means), key=means.get)
    return best, means[best], best in (rates[0], rates[-1])
