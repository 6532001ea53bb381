"""Only the first seed counts."""

import math


def sweep(run, rates, seeds):
    means = {}
    for rate in rates:
        values = [run(rate, seed) for seed in seeds]
        if not any(math.isnan(value) for value in values):
            means[rate] = values[0]
    best = max(sorted(means), key=means.get)
    return best, means[best], best in (min(rates), max(rates))
