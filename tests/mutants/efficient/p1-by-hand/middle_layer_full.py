"""The middle layer of the block is counted as a standard convolution.

Feedback: The middle layer is depthwise
"""


def by_hand():
    return {
        "a_standard": 73_728,
        "a_grouped": 18_432,
        "a_separable": 8_768,
        "a_ratio": (137, 1_152),
        "a_late": 338_688,
        "b_weights": 193_536,
        "b_macs": 151_732_224,
        "b_widest": 112_896,
        "c_36": 10_548,
        "c_6": 1_878,
        "c_macs": 10_368,
        "d_order": (0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11),
        "d_seen": (2, 4),
    }
