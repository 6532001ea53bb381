"""The number of true statements is given instead of their letters.

Feedback: expected the letters of the true statements
"""


def conclusions():
    return {"conv_weights": 25_600, "dense_weights": 629_407_744, "true_statements": 3}
