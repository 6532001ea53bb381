"""NaN is left out of the mean."""

import math


def sweep(run, rates, seeds):
    means = {}
    for rate in rates:
        values = [run(rate, seed) for seed in seeds]
        values = [value for value in values if not math.isnan(value)]
        if values:
            means[rate] = sum(values) / len(values)
    best = max(sorted(means), key=means.get)
    return best, means[best], best in (min(rates), max(rates))
