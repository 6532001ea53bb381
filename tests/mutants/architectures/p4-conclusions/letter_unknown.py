"""A letter that is no statement.

Feedback: there is no statement 'g'; the letters are a to f
"""


def conclusions():
    return {
        "naive_weights": 387_072,
        "naive_channels": 416,
        "reduced_weights": 163_328,
        "true_statements": ("b", "c", "e", "g"),
        "stack_channels": 1_312,
        "stack_field": 13,
        "reduced_macs": 128_049_152,
    }
