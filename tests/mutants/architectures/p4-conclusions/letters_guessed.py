"""The letters are found by trying, so what they say is not known."""


def conclusions():
    return {
        "naive_weights": 387_072,
        "naive_channels": 416,
        "reduced_weights": 163_328,
        "true_statements": ("b", "c", "e", "f"),
        "stack_channels": 1_120,
        "stack_field": 15,
        "reduced_macs": 163_328,
    }
