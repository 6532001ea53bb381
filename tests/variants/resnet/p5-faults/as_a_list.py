"""A list for the tuple."""


def faults():
    return {"true_statements": ["b", "d", "f", "g", "h"]}
