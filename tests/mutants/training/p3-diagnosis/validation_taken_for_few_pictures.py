"""A large validation loss is taken for overfitting.

Feedback: look at validation
"""


def diagnosis():
    return {"A": "i", "B": "a", "C": "h", "D": "d", "E": "b", "F": "e"}
