"""The dense layer is counted for one channel.

Feedback: That is one channel to one channel
"""


def conclusions():
    return {"conv_weights": 25_600, "dense_weights": 784**2, "true_statements": ("b", "c", "e")}
