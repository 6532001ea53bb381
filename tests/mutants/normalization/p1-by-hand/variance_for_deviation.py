"""The variance stands in place of the standard deviation.

Feedback: That is the variance; the standard deviation is its root
"""


def by_hand():
    return {
        "red": (15, 25),
        "green": (4, 16),
        "test_red": (2, 0),
        "test_red_mean": 1,
        "undo_red": 0,
        "numbers": 6,
    }
