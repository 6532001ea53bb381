"""A statement about another order, which the formula does not have.

Feedback: Statement i: read the formula from the inside out.
"""


def faults():
    return {"true_statements": ("b", "d", "f", "h", "i")}
