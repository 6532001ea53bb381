"""A smaller kernel before is taken for a smaller field.

Feedback: Statement a: how many pixels does a 1 × 1 kernel see?
"""


def conclusions():
    return {
        "naive_weights": 387_072,
        "naive_channels": 416,
        "reduced_weights": 163_328,
        "true_statements": ("a", "b", "c", "e", "f"),
        "stack_channels": 1_312,
        "stack_field": 7,
        "reduced_macs": 128_049_152,
    }
