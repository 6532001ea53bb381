"""The pair in the other order.

Feedback: The order is the other one
"""


def by_hand():
    return {
        "a_standard": 10_368,
        "a_separable": 1_368,
        "a_macs": (350_208, 2_654_208),
        "b_trained": 650,
        "b_stored": 714,
        "b_file": 618,
        "c_standard": 23,
        "c_separable": 65,
    }
