"""A loss that grows is taken for a large start.

Feedback: makes every step larger than the last
"""


def diagnosis():
    return {"A": "f", "B": "a", "C": "h", "D": "d", "E": "g", "F": "e"}
