"""Padding of more than half the kernel makes maps of zeros.

Feedback: a padding of at most half of it
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
        ("conv", 64, 3, 2, 5),
        ("global",),
        ("linear", 10),
    ]
