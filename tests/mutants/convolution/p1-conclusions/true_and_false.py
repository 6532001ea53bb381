"""A truth value is given for each statement.

Feedback: expected the letters of the true statements
"""


def conclusions():
    return {
        "conv_weights": 25_600,
        "dense_weights": 629_407_744,
        "true_statements": (False, True, True, False, True),
    }
