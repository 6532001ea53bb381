"""A bias is counted.

Feedback: That includes a bias
"""


def matrix_counts():
    positions = (32 - 5 + 1) ** 2
    return {"entries": positions * 32**2, "nonzero": positions * 5**2, "weights": 5**2 + 1}
