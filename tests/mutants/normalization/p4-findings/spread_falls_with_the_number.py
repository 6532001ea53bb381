"""The spread is taken to fall with the number of images, not with its root.

Feedback: With four images the spread is 12/√4 = 6
"""


def findings():
    return {
        "train_a": (-1, 1),
        "train_b": (-1, 1),
        "eval_a": (-3, -2),
        "eval_b": (2, 3),
        "batch_of_one": 5,
        "images_needed": 4,
        "true_statements": ("a", "b", "d", "f"),
    }
