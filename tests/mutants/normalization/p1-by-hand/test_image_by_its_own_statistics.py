"""The test image is standardized by its own statistics.

Feedback: That takes the test image's own mean and standard deviation
"""


def by_hand():
    return {
        "red": (15, 5),
        "green": (4, 4),
        "test_red": (1, -1),
        "test_red_mean": 0,
        "undo_red": 0,
        "numbers": 6,
    }
