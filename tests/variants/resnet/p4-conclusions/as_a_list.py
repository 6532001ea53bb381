"""A list for the tuple."""


def conclusions():
    return {"true_statements": list("acef")}
