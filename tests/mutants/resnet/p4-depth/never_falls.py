"""Takes a factor below 1 for 1.

Feedback: first_norm returned 8.0, expected 0.25
"""


def first_norm(depth, shallow, deep):
    growth = max(1, deep[1] / shallow[1])
    return float(shallow[1] * growth ** ((depth - shallow[0]) / (deep[0] - shallow[0])))
