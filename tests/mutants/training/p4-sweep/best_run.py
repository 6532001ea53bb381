"""The best single run decides.

Feedback: Likely mistake: the best single run decides
"""

import math


def sweep(run, rates, seeds):
    means = {}
    for rate in rates:
        values = [run(rate, seed) for seed in seeds]
        if not any(math.isnan(value) for value in values):
            means[rate] = max(values)
    best = max(sorted(means), key=means.get)
    return best, means[best], best in (min(rates), max(rates))
