"""The rest is rounded without its whole part.

Feedback: What lies nearer may have another whole part.
"""


def survivors():
    return {
        "0, 41": (0, 41),
        "3, 7": (3, 8),
        "12, 200": (12, 192),
        "100, 200": (100, 0),
        "255, 128": (256, 0),
    }
