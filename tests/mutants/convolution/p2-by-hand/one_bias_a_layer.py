"""One bias is counted for a whole layer.

Feedback: That counts one bias for the layer; each filter has its own
"""


def by_hand():
    return {
        "a_shape": (10, 28, 28),
        "a_parameters": 751,
        "b_shape": (2, 5, 5),
        "b_parameters": 25,
        "c1_shape": (10, 26, 26),
        "c1_parameters": 1471,
        "c2_shape": (6, 11, 11),
        "c2_parameters": 1501,
        "d1_shape": (8, 30, 30),
        "d1_parameters": 217,
        "d2_shape": (16, 26, 26),
        "d2_parameters": 3201,
    }
