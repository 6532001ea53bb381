"""The first maps stay large.

Feedback: Values:
"""


def design():
    return [
        ("conv", 16, 3, 1, 1),
        ("conv", 16, 3, 1, 1),
        ("pool", 2, 2),
        ("conv", 32, 3, 2, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("linear", 10),
    ]
