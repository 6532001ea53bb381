"""The places of the weights are counted as weights of their own.

Feedback: count different weights
"""


def matrix_counts():
    positions = (32 - 5 + 1) ** 2
    return {"entries": positions * 32**2, "nonzero": positions * 5**2, "weights": positions * 5**2}
