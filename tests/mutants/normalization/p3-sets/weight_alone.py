"""The bias is not counted.

Feedback: That is the weight alone
"""


def sets():
    return {
        "batch": (6, 160),
        "layer": (8, 120),
        "group": (24, 40),
        "instance": (48, 20),
        "parameters": (6, 120, 6),
        "num_groups": (1, 6),
    }
