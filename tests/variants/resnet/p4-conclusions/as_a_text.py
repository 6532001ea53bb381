"""One text, in another order."""


def conclusions():
    return {"true_statements": "f, e, c, a"}
