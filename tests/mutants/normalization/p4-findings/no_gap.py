"""Training and evaluation mode are taken to do the same.

Feedback: Those are the batch's statistics; in evaluation mode the running ones are used
"""


def findings():
    return {
        "train_a": (-1, 1),
        "train_b": (-1, 1),
        "eval_a": (-1, 1),
        "eval_b": (-1, 1),
        "batch_of_one": 5,
        "images_needed": 16,
        "true_statements": ("a", "b", "d", "f"),
    }
