"""A list for the result; the key is a pair."""

import math
import statistics


def sweep(run, rates, seeds):
    found = []
    for rate in rates:
        values = [run(rate, seed) for seed in seeds]
        if not math.isnan(sum(values)):
            found.append((-statistics.fmean(values), rate))
    worst, best = min(found)
    return [best, -worst, best == sorted(rates)[0] or best == sorted(rates)[-1]]
