"""A group norm is taken to be foldable.

Feedback: Group norm's statistics come from the image itself
"""


def savings():
    return {
        "before": 464,
        "after": 448,
        "saved_with_bias": 32,
        "resnet50": 26560,
        "true_statements": ("a", "c", "d", "e"),
    }
