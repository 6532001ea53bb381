"""Max pooling is taken for invariant.

Feedback: invariant means that nothing changes
"""


def conclusions():
    return {"true_statements": ("a", "b", "c", "d", "f")}
