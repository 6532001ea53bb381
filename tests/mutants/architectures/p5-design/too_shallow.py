"""Large kernels in place of depth.

Feedback: Depth: 4 convolutions
"""


def design():
    return [
        ("conv", 16, 7, 2, 3),
        ("conv", 16, 7, 2, 3),
        ("conv", 16, 7, 1, 3),
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("linear", 10),
    ]
