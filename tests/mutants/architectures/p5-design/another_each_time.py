"""The list is made at random.

Feedback: returns another list each time
"""

import random


def design():
    return [
        ("conv", 16, 3, 2, 1),
        ("conv", random.randrange(16, 10**6), 3, 1, 1),
        ("conv", 32, 3, 2, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("linear", 10),
    ]
