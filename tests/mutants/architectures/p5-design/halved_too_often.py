"""The last map has 4 x 4 places.

Feedback: Resolution: the last map is (64, 4, 4)
"""


def design():
    return [
        ("conv", 16, 3, 2, 1),
        ("conv", 16, 3, 1, 1),
        ("conv", 32, 3, 2, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 64, 3, 2, 1),
        ("global",),
        ("linear", 10),
    ]
