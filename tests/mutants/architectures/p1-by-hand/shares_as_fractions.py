"""Shares are given as fractions, not in percent.

Feedback: b_share_parameters: an answer is a whole number
"""


def by_hand():
    return {
        "a_macs_1": 993_720,
        "a_macs_2": 181_500,
        "a_bytes": 239_552,
        "b_layers": 8,
        "b_map": (128, 4, 4),
        "b_macs": (9_437_184, 9_437_184, 9_437_184),
        "b_dense": 527_114,
        "b_global": 1_290,
        "b_share_parameters": 0.65,
        "b_share_macs": 0.01,
    }
