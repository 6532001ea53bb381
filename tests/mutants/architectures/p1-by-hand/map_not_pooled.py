"""The maps keep the image's size.

Feedback: Each pooling 2/2 halves the height and the width
"""


def by_hand():
    return {
        "a_macs_1": 993_720,
        "a_macs_2": 181_500,
        "a_bytes": 239_552,
        "b_layers": 8,
        "b_map": (128, 32, 32),
        "b_macs": (9_437_184, 37_748_736, 150_994_944),
        "b_dense": 527_114,
        "b_global": 1_290,
        "b_share_parameters": 65,
        "b_share_macs": 1,
    }
