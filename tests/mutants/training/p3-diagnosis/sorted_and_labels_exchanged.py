"""Sorted pictures are taken for wrong labels and the other way round.

Feedback: Compare its first ten steps
"""


def diagnosis():
    return {"A": "f", "B": "a", "C": "e", "D": "d", "E": "b", "F": "h"}
