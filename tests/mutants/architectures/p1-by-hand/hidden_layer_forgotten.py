"""The dense head goes to the classes at once.

Feedback: a layer of 256 features is between
"""


def by_hand():
    return {
        "a_macs_1": 993_720,
        "a_macs_2": 181_500,
        "a_bytes": 239_552,
        "b_layers": 8,
        "b_map": (128, 4, 4),
        "b_macs": (9_437_184, 9_437_184, 9_437_184),
        "b_dense": 20_490,
        "b_global": 1_290,
        "b_share_parameters": 7,
        "b_share_macs": 1,
    }
