"""Two convolutions a stage, twice as wide after each pooling: too dear in everything.

Feedback: Parameters: 146,586, 76,586 more than 70,000
"""


def design():
    return [
        ("conv", 16, 3, 1, 1),
        ("conv", 16, 3, 1, 1),
        ("pool", 2, 2),
        ("conv", 32, 3, 1, 1),
        ("conv", 32, 3, 1, 1),
        ("pool", 2, 2),
        ("conv", 64, 3, 1, 1),
        ("conv", 64, 3, 1, 1),
        ("conv", 64, 3, 1, 1),
        ("conv", 64, 3, 1, 1),
        ("global",),
        ("linear", 10),
    ]
