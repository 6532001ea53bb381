"""The answers are results of a division.

Feedback: an answer is a whole number: write 17 instead of 17.0
"""


def by_hand():
    return {"a": 34 / 2, "b": 224 / 2, "c": 24, "d": (8, 12), "e": 2}
