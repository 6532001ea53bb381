"""A row is counted for each pixel of the image.

Feedback: That is a row for each input pixel
"""


def matrix_counts():
    positions = (32 - 5 + 1) ** 2
    return {"entries": positions * 32**2, "nonzero": 32**2 * 5**2, "weights": 5**2}
