"""The matrix is taken to be square.

Feedback: That is a square matrix
"""


def matrix_counts():
    positions = (32 - 5 + 1) ** 2
    return {"entries": 32**4, "nonzero": positions * 5**2, "weights": 5**2}
