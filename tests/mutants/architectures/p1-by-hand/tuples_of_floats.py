"""The sizes are floats.

Feedback: b_map: an answer is a whole number: write 128 instead of 128.0
"""


def by_hand():
    return {
        "a_macs_1": 993_720,
        "a_macs_2": 181_500,
        "a_bytes": 239_552,
        "b_layers": 8,
        "b_map": (128.0, 4.0, 4.0),
        "b_macs": (9437184.0, 9437184.0, 9437184.0),
        "b_dense": 527_114,
        "b_global": 1_290,
        "b_share_parameters": 65,
        "b_share_macs": 1,
    }
