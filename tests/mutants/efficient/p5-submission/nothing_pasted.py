"""The cell says so, but no text was pasted.

Feedback: There is no model yet: set TRAIN = True
"""


def submission():
    return """
    """
