"""Two of the five are not answered.

Feedback: d: this key is missing
"""


def by_hand():
    return {"a": 17, "b": 112, "c": 24}
