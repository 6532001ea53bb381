"""Fewer parameters are taken for fewer multiplications.

Feedback: Parameters are not computation
"""


def conclusions():
    return {"conv_weights": 25_600, "dense_weights": 629_407_744, "true_statements": ("b", "c", "d", "e")}
