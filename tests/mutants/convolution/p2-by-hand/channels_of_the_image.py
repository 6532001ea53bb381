"""The second layers are taken to read the image.

Feedback: That takes the image's channels
"""


def by_hand():
    return {
        "a_shape": (10, 28, 28),
        "a_parameters": 760,
        "b_shape": (2, 5, 5),
        "b_parameters": 26,
        "c1_shape": (10, 26, 26),
        "c1_parameters": 1480,
        "c2_shape": (6, 11, 11),
        "c2_parameters": 456,
        "d1_shape": (8, 30, 30),
        "d1_parameters": 224,
        "d2_shape": (16, 26, 26),
        "d2_parameters": 1216,
    }
