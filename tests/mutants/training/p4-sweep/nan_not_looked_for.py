"""NaN is compared like a number."""


def sweep(run, rates, seeds):
    means = {}
    for rate in rates:
        values = [run(rate, seed) for seed in seeds]
        means[rate] = sum(values) / len(values)
    best = max(sorted(means), key=means.get)
    return best, means[best], best in (min(rates), max(rates))
