"""The numbers of the example.

Feedback: at least 1000 are expected
"""


def results():
    return {
        "confusions": [[[5, 0], [2, 3]], [[4, 1], [3, 2]]],
        "pairs": [5, 3, 1, 1],
        "accuracies": [0.8, 0.6],
        "intervals": [(0.5521, 1.0479), (0.2964, 0.9036)],
        "difference": 0.2,
        "difference_error": 0.1897,
        "different": False,
    }
