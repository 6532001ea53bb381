"""The ReLUs are listed, too.

Feedback: whose layer 1 is ('relu',). Expected ('conv'
"""


def design():
    return [
        ("conv", 16, 3, 2, 1),
        ("relu",),
        ("conv", 16, 3, 1, 1),
        ("relu",),
        ("conv", 32, 3, 2, 1),
        ("relu",),
        ("conv", 32, 3, 1, 1),
        ("relu",),
        ("conv", 32, 3, 1, 1),
        ("relu",),
        ("conv", 32, 3, 1, 1),
        ("relu",),
        ("conv", 32, 3, 1, 1),
        ("relu",),
        ("conv", 64, 3, 1, 1),
        ("relu",),
        ("global",),
        ("linear", 10),
    ]
