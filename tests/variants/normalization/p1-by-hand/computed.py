"""The answers are computed, as lists."""

import statistics


def by_hand():
    red, green = [10, 10, 20, 20], [0, 8, 0, 8]
    mean, std = int(statistics.mean(red)), int(statistics.pstdev(red))
    test = [(pixel - mean) // std for pixel in (25, 15)]
    return {
        "numbers": 3 + 3,
        "undo_red": -3 * std + mean,
        "test_red_mean": int(statistics.mean(test)),
        "test_red": test,
        "green": [int(statistics.mean(green)), int(statistics.pstdev(green))],
        "red": [mean, std],
    }
