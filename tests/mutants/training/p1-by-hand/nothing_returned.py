"""The dict is made and not returned.

Feedback: did you forget `return`?
"""


def by_hand():
    print(
        {
            "steps": 352,
            "last_batch": 72,
            "epoch_loss": 24,
            "start": 2079,
            "floor": 1274,
            "zeroed": (8, 4, 2),
            "added_up": (8, -4, -14),
            "momentum": (48, 28, 11),
            "training_mode": (-1, 1),
            "evaluation_mode": (0, 2),
        }
    )
