"""The global pooling comes twice.

Feedback: After the maps comes 'global' at most once
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
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("global",),
        ("linear", 10),
    ]
