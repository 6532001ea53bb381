"""The pair is taken to be one convolution in training mode, too.

Feedback: In training mode factor and summand depend on the batch
"""


def savings():
    return {
        "before": 464,
        "after": 448,
        "saved_with_bias": 32,
        "resnet50": 26_560,
        "true_statements": ("a", "b", "c", "e"),
    }
