"""The naive pooling branch is taken to return 32 channels.

Feedback: What does pooling alone return?
"""


def conclusions():
    return {
        "naive_weights": 387_072,
        "naive_channels": 256,
        "reduced_weights": 163_328,
        "true_statements": ("c", "e", "f"),
        "stack_channels": 256,
        "stack_field": 13,
        "reduced_macs": 128_049_152,
    }
