"""Each image has its own mean and deviation.

Feedback: That is the standard deviation within one image
"""


def by_hand():
    return {
        "red": (15, 0),
        "green": (4, 4),
        "test_red": (2, 0),
        "test_red_mean": 1,
        "undo_red": 0,
        "numbers": 300000,
    }
