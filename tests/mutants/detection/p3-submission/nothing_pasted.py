"""Nothing is pasted.

Feedback: There is no autoencoder yet
"""


def submission():
    return ""
