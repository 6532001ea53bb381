"""One group is taken for instance norm.

Feedback: The order is layer norm, instance norm
"""


def sets():
    return {
        "batch": (6, 160),
        "layer": (8, 120),
        "group": (24, 40),
        "instance": (48, 20),
        "parameters": (12, 240, 12),
        "num_groups": (6, 1),
    }
