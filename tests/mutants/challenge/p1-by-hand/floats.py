"""Divided, so that two answers are floats.

Feedback: an answer is a whole number: write 23 instead of 23.0
"""


def by_hand():
    return {
        "a_standard": 10_368,
        "a_separable": 1_368,
        "a_macs": (2_654_208, 350_208),
        "b_trained": 650,
        "b_stored": 714,
        "b_file": 650 - 32 / 1,
        "c_standard": 23.0,
        "c_separable": 65,
    }
