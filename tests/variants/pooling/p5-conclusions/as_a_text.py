"""The letters are one text, in another order."""


def conclusions():
    return {"true_statements": "f, d, c, a"}
