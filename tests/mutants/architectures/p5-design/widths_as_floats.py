"""The widths are floats.

Feedback: with whole numbers
"""


def design():
    return [
        ("conv", 32 / 2, 3, 2, 1),
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
