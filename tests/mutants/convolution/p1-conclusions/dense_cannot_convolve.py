"""A dense layer is taken to be unable to convolve.

Feedback: what can a dense layer compute?
"""


def conclusions():
    return {"conv_weights": 25_600, "dense_weights": 629_407_744, "true_statements": ("b", "c")}
