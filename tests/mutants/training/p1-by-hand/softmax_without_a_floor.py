"""A softmax can be certain, so the smallest loss is 0.

Feedback: A softmax of scores never gives the probability 1
"""


def by_hand():
    return {
        "steps": 352,
        "last_batch": 72,
        "epoch_loss": 24,
        "start": 2079,
        "floor": 0,
        "zeroed": (8, 4, 2),
        "added_up": (8, -4, -14),
        "momentum": (48, 28, 11),
        "training_mode": (-1, 1),
        "evaluation_mode": (0, 2),
    }
