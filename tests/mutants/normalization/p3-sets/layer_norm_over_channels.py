"""Layer norm is taken to go over the channels alone.

Feedback: Those are the sets of a layer norm over the channels alone
"""


def sets():
    return {
        "batch": (6, 160),
        "layer": (160, 6),
        "group": (24, 40),
        "instance": (48, 20),
        "parameters": (12, 240, 12),
        "num_groups": (1, 6),
    }
