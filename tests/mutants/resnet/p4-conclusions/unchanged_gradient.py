"""A sum is said to pass the gradient on unchanged.

Feedback: Statement d: compare the columns of the fourth row.
"""


def conclusions():
    return {"true_statements": ("a", "c", "d", "e", "f")}
