"""Running statistics are counted as parameters.

Feedback: Running statistics are buffers
"""


def savings():
    return {
        "before": 496,
        "after": 448,
        "saved_with_bias": 64,
        "resnet50": 106240,
        "true_statements": ("a", "c", "e"),
    }
