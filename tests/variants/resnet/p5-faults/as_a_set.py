"""A set, which has no order."""


def faults():
    return {"true_statements": {"h", "g", "f", "d", "b"}}
