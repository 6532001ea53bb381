"""Slow learning is taken for a small rate.

Feedback: B:
"""


def diagnosis():
    return {"A": "f", "B": "c", "C": "h", "D": "d", "E": "b", "F": "e"}
