"""A window is larger than the map.

Feedback: does not fit on a map of shape (16, 16, 16)
"""


def design():
    return [
        ("conv", 16, 3, 2, 1),
        ("pool", 18, 1),
        ("conv", 16, 3, 1, 1),
        ("conv", 32, 3, 2, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("linear", 10),
    ]
