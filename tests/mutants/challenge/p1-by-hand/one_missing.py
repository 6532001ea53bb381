"""One key was forgotten; the seven others give their points.

Feedback: b_stored: this key is missing
"""


def by_hand():
    return {
        "a_standard": 10_368,
        "a_separable": 1_368,
        "a_macs": (2_654_208, 350_208),
        "b_trained": 650,
        "b_file": 618,
        "c_standard": 23,
        "c_separable": 65,
    }
