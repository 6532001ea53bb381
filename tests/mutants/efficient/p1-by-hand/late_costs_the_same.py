"""The stride's place is taken to change nothing.

Feedback: each weight is used once for every position of its own layer's output
"""


def by_hand():
    return {
        "a_standard": 73_728,
        "a_grouped": 18_432,
        "a_separable": 8_768,
        "a_ratio": (137, 1_152),
        "a_late": 0,
        "b_weights": 8_208,
        "b_macs": 6_435_072,
        "b_widest": 112_896,
        "c_36": 10_548,
        "c_6": 1_878,
        "c_macs": 10_368,
        "d_order": (0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11),
        "d_seen": (2, 4),
    }
