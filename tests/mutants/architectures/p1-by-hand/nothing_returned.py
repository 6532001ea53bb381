"""The answers are not returned.

Feedback: did you forget `return`?
"""


def by_hand():
    answers = {
        "a_macs_1": 993_720,
        "a_macs_2": 181_500,
        "a_bytes": 239_552,
        "b_layers": 8,
        "b_map": (128, 4, 4),
        "b_macs": (9_437_184, 9_437_184, 9_437_184),
        "b_dense": 527_114,
        "b_global": 1_290,
        "b_share_parameters": 65,
        "b_share_macs": 1,
    }
    print(answers)
