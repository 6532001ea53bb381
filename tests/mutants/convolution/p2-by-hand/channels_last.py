"""The channels stand last.

Feedback: the order is not
"""


def by_hand():
    return {
        "a_shape": (28, 28, 10),
        "a_parameters": 760,
        "b_shape": (5, 5, 2),
        "b_parameters": 26,
        "c1_shape": (26, 26, 10),
        "c1_parameters": 1480,
        "c2_shape": (11, 11, 6),
        "c2_parameters": 1506,
        "d1_shape": (30, 30, 8),
        "d1_parameters": 224,
        "d2_shape": (26, 26, 16),
        "d2_parameters": 3216,
    }
