"""A mean and a standard deviation for each pixel are counted.

Feedback: That is a pair for each pixel
"""


def by_hand():
    return {
        "red": (15, 5),
        "green": (4, 4),
        "test_red": (2, 0),
        "test_red_mean": 1,
        "undo_red": 0,
        "numbers": 6144,
    }
