"""Losses, not thousandths of them.

Feedback: an answer is a whole number
"""


def by_hand():
    return {
        "steps": 352,
        "last_batch": 72,
        "epoch_loss": 24,
        "start": 2.079,
        "floor": 1.274,
        "zeroed": (8, 4, 2),
        "added_up": (8, -4, -14),
        "momentum": (48, 28, 11),
        "training_mode": (-1, 1),
        "evaluation_mode": (0, 2),
    }
