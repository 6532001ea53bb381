"""Pairs are taken for (horizontal, vertical).

Feedback: A pair is (vertical, horizontal)
"""


def by_hand():
    return {"a": 17, "b": 112, "c": 24, "d": (7, 10), "e": 2}
