"""Larger batches are taken to help although they hold one class.

Feedback: Look at the last column of the table above
"""


def findings():
    return {
        "train_a": (-1, 1),
        "train_b": (-1, 1),
        "eval_a": (-3, -2),
        "eval_b": (2, 3),
        "batch_of_one": 5,
        "images_needed": 16,
        "true_statements": ("a", "b", "d", "e", "f"),
    }
