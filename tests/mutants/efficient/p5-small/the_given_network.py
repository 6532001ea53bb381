"""The given network itself.

Feedback: at most 6,641 are allowed
"""


def small_network():
    return given_network()  # noqa: F821
