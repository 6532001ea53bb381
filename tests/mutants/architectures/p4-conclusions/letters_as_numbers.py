"""The numbers of the statements for their letters.

Feedback: expected the letters of the true statements
"""


def conclusions():
    return {
        "naive_weights": 387_072,
        "naive_channels": 416,
        "reduced_weights": 163_328,
        "true_statements": (2, 3, 5, 6),
        "stack_channels": 1_312,
        "stack_field": 13,
        "reduced_macs": 128_049_152,
    }
