"""The folded convolution is thought to need no bias.

Feedback: The folded convolution needs a bias
"""


def savings():
    return {
        "before": 464,
        "after": 432,
        "saved_with_bias": 32,
        "resnet50": 53_120,
        "true_statements": ("a", "c", "e"),
    }
