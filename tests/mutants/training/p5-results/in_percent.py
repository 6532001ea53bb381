"""Accuracies in percent.

Feedback: accuracies: that of the first does not follow
"""

import math


def results():
    first = [
        [165, 8, 0, 0, 0, 2, 0, 0, 25, 0],
        [47, 105, 16, 0, 1, 1, 0, 1, 27, 2],
        [2, 27, 145, 1, 2, 0, 1, 0, 4, 18],
        [1, 1, 19, 171, 1, 1, 0, 1, 1, 4],
        [0, 14, 42, 0, 112, 7, 1, 0, 2, 22],
        [0, 9, 124, 1, 17, 22, 0, 0, 4, 23],
        [2, 0, 1, 0, 1, 0, 189, 0, 0, 7],
        [1, 0, 10, 3, 0, 1, 3, 161, 1, 20],
        [60, 34, 8, 1, 0, 1, 0, 0, 95, 1],
        [0, 4, 19, 1, 2, 1, 2, 1, 1, 169],
    ]
    second = [
        [145, 19, 4, 3, 2, 3, 0, 0, 23, 1],
        [12, 85, 15, 11, 12, 13, 0, 0, 47, 5],
        [0, 1, 100, 22, 20, 39, 2, 3, 0, 13],
        [0, 0, 0, 195, 1, 3, 0, 1, 0, 0],
        [0, 0, 4, 8, 150, 27, 2, 2, 1, 6],
        [0, 0, 3, 17, 27, 142, 0, 0, 0, 11],
        [0, 0, 0, 5, 1, 2, 188, 2, 0, 2],
        [0, 0, 0, 4, 3, 2, 3, 183, 0, 5],
        [22, 26, 6, 3, 7, 10, 0, 0, 124, 2],
        [0, 0, 0, 15, 7, 19, 4, 6, 0, 149],
    ]
    pairs = [1105, 229, 356, 310]
    N = sum(pairs)
    accuracies = [(pairs[0] + pairs[1]) / N, (pairs[0] + pairs[2]) / N]
    reach = [1.96 * math.sqrt(p * (1 - p) / N) for p in accuracies]
    d = (pairs[1] - pairs[2]) / N
    error = math.sqrt(((pairs[1] + pairs[2]) / N - d**2) / N)
    return {
        "confusions": [first, second],
        "pairs": pairs,
        "accuracies": [100 * p for p in accuracies],
        "intervals": [(p - r, p + r) for p, r in zip(accuracies, reach, strict=True)],
        "difference": d,
        "difference_error": error,
        "different": abs(d) > 1.96 * error,
    }
