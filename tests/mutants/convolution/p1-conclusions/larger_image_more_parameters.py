"""The image's size is taken to decide the convolution's parameters.

Feedback: Is the image's among them?
"""


def conclusions():
    return {"conv_weights": 25_600, "dense_weights": 629_407_744, "true_statements": ("a", "b", "c", "e")}
