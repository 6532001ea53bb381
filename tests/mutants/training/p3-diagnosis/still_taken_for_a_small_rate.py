"""No learning at all is taken for a small rate.

Feedback: Its loss does not move at all on the 64 pictures
"""


def diagnosis():
    return {"A": "f", "B": "a", "C": "h", "D": "c", "E": "b", "F": "e"}
