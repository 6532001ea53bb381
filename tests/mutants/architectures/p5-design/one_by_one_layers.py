"""Depth by 1 x 1 kernels, which see no neighbor.

Feedback: Depth: 4 convolutions
"""


def design():
    return [
        ("conv", 16, 3, 2, 1),
        ("conv", 16, 3, 1, 1),
        ("conv", 32, 3, 2, 1),
        ("conv", 32, 1, 1, 0),
        ("conv", 32, 1, 1, 0),
        ("conv", 32, 1, 1, 0),
        ("conv", 32, 1, 1, 0),
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("linear", 10),
    ]
