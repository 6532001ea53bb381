"""One backward pass before training is taken for a proof.

Feedback: Statement g: nothing was trained.
"""


def conclusions():
    return {"true_statements": ("a", "c", "e", "f", "g")}
