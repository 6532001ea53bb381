"""Running statistics in training, those of the batch in evaluation.

Feedback: That is the other mode.
"""


def by_hand():
    return {
        "steps": 352,
        "last_batch": 72,
        "epoch_loss": 24,
        "start": 2079,
        "floor": 1274,
        "zeroed": (8, 4, 2),
        "added_up": (8, -4, -14),
        "momentum": (48, 28, 11),
        "training_mode": (0, 2),
        "evaluation_mode": (-1, 1),
    }
