"""Halves go up.

Feedback: Both neighbors are equally near
"""


def survivors():
    return {
        "0, 41": (0, 41),
        "3, 7": (3, 8),
        "12, 200": (12, 208),
        "100, 200": (101, 0),
        "255, 128": (256, 0),
    }
