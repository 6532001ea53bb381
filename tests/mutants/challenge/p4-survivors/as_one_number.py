"""The sum instead of the pair.

Feedback: an answer is a whole number, a text, or a tuple of them
"""


def survivors():
    return {
        "0, 41": (0, 41),
        "3, 7": (3, 8),
        "12, 200": 12.75,
        "100, 200": (101, 0),
        "255, 128": (256, 0),
    }
