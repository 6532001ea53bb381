"""The weights, not a text.

Feedback: submission() returned dict, expected text.
"""


def submission():
    return dict(small_network().state_dict())  # noqa: F821
