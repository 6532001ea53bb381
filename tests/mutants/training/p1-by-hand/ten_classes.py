"""Both logarithms are those of ten classes.

Feedback: That is ln 10; here there are 8 classes.
"""


def by_hand():
    return {
        "steps": 352,
        "last_batch": 72,
        "epoch_loss": 24,
        "start": 2303,
        "floor": 1461,
        "zeroed": (8, 4, 2),
        "added_up": (8, -4, -14),
        "momentum": (48, 28, 11),
        "training_mode": (-1, 1),
        "evaluation_mode": (0, 2),
    }
