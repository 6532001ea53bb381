"""A shift by one step's stride is taken to change nothing, and one by 8 to change something.

Feedback: Statement e: the strides multiply
"""


def conclusions():
    return {"true_statements": ("a", "c", "d", "e")}
