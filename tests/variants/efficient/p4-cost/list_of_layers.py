"""A list of all convolutions first, then two sums."""

import math


def cost(in_channels, size, plan):
    layers = []  # weights, size of the output
    for t, c, n, s in plan:
        for stride in [s] + [1] * (n - 1):
            after = math.ceil(size / stride)
            if t > 1:
                layers.append((t * in_channels**2, size))
            layers.append((9 * t * in_channels, after))
            layers.append((t * in_channels * c, after))
            in_channels, size = c, after
    return sum(weights for weights, _ in layers), sum(weights * side * side for weights, side in layers)
