"""The second number is always lost.

Feedback: Does it have more than 8 significant bits?
"""


def survivors():
    return {
        "0, 41": (0, 0),
        "3, 7": (3, 0),
        "12, 200": (12, 0),
        "100, 200": (100, 0),
        "255, 128": (255, 0),
    }
