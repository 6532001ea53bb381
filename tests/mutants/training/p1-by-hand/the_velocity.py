"""The velocity, not the weight.

Feedback: That is the velocity; give w.
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
        "momentum": (64, 80, 68),
        "training_mode": (-1, 1),
        "evaluation_mode": (0, 2),
    }
