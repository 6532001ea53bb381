"""The letters are a list."""


def conclusions():
    return {"true_statements": list("acdf")}
