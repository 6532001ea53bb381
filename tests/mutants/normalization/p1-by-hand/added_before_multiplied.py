"""The mean is added first.

Feedback: Undo the steps in the opposite order
"""


def by_hand():
    return {
        "red": (15, 5),
        "green": (4, 4),
        "test_red": (2, 0),
        "test_red_mean": 1,
        "undo_red": 60,
        "numbers": 6,
    }
