"""With stride 2 the size is rounded up.

Feedback: round down, then add 1
"""


def by_hand():
    return {
        "a_shape": (10, 28, 28),
        "a_parameters": 760,
        "b_shape": (2, 5, 5),
        "b_parameters": 26,
        "c1_shape": (10, 26, 26),
        "c1_parameters": 1480,
        "c2_shape": (6, 12, 12),
        "c2_parameters": 1506,
        "d1_shape": (8, 30, 30),
        "d1_parameters": 224,
        "d2_shape": (16, 26, 26),
        "d2_parameters": 3216,
    }
