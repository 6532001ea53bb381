"""The biases are counted as weights.

Feedback: That includes the biases
"""


def conclusions():
    return {"conv_weights": 25_632, "dense_weights": 629_407_744, "true_statements": ("b", "c", "e")}
