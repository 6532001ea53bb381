"""Every statement is ticked."""


def faults():
    return {"true_statements": ("a", "b", "c", "d", "e", "f", "g", "h", "i")}
