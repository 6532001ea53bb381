"""Every statement is ticked."""


def conclusions():
    return {"true_statements": ("a", "b", "c", "d", "e", "f", "g")}
